import { prefixIndexerError } from './prefix-indexer-errors.ts';

const MILLIS_BY_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Milliseconds of a duration such as `7d`, `1.5h` or `250ms`.
 *
 * @throws WavetuneError `usage.bad-duration`
 */
export function durationOption(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|[smhdw])$/.exec(text.trim());
  if (match === null) throw prefixIndexerError('usage.bad-duration', { option, found: text });
  return Number(match[1]) * MILLIS_BY_UNIT[match[2]];
}

/**
 * Event time in milliseconds: `now`, a number of milliseconds, or ISO 8601, UTC where no zone is written.
 *
 * @throws WavetuneError `usage.bad-time`
 */
export function timeOption(option: string, text: string, nowMillis: number): number {
  if (text === 'now') return nowMillis;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':');
  const millis = Date.parse(hasZone ? text : `${text}Z`);
  if (Number.isNaN(millis)) throw prefixIndexerError('usage.bad-time', { option, found: text });
  return millis;
}
