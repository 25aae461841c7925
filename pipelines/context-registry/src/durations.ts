import { pipelineError } from './context-registry-errors.ts';

const MILLIS_BY_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** What timers take; a longer one would fire at once. */
const MOST_MILLIS = 2 ** 31 - 1;

/**
 * Milliseconds of a duration such as `10s` or `250ms`.
 *
 * @throws WavetuneError `usage.bad-duration`
 */
export function durationOption(option: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(text.trim()) ?? [];
  const millis = Number(number) * MILLIS_BY_UNIT[unit];
  if (millis >= 0 && millis <= MOST_MILLIS) return millis;
  throw pipelineError('usage.bad-duration', { option, found: text });
}
