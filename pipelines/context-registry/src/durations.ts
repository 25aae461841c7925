import { pipelineError } from './context-registry-errors.ts';

const MILLIS_BY_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * Milliseconds of a duration such as `10s` or `250ms`.
 *
 * @throws WavetuneError `usage.bad-duration`
 */
export function durationOption(option: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(text.trim()) ?? [];
  if (number === undefined) throw pipelineError('usage.bad-duration', { option, found: text });
  return Number(number) * MILLIS_BY_UNIT[unit];
}
