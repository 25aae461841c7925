import { nightlyError } from './nightly-errors.ts';

const DAY_MILLIS = 86_400_000;

/** The UTC day of a time, as `2026-11-20`. */
export function dayOf(epochMillis: number): string {
  return new Date(epochMillis).toISOString().slice(0, 10);
}

/** The first millisecond of a day, UTC. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The day so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return dayOf(startOf(day) + days * DAY_MILLIS);
}

/** The days from one to another, both included. @throws WavetuneError `usage.bad-range`. */
export function daysBetween(from: string, to: string): readonly string[] {
  if (from > to) throw nightlyError('usage.bad-range', { from, to });
  const count = Math.round((startOf(to) - startOf(from)) / DAY_MILLIS) + 1;
  return Array.from({ length: count }, (_, i) => addDays(from, i));
}

/** The last day that is over: its logs are whole. */
export function lastWholeDay(nowMillis: number): string {
  return dayOf(nowMillis - DAY_MILLIS);
}

/** A day that a user typed behind `--option`. @throws WavetuneError `usage.bad-date`. */
export function parseDay(option: string, text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOf(text));
  if (isDay && dayOf(startOf(text)) === text) return text;
  throw nightlyError('usage.bad-date', { option, found: text });
}
