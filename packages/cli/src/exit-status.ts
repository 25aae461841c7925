import { isWavetuneError } from '@wavetune/core';

/** What a command's exit status says. */
export const EXIT_STATUS = {
  done: 0,
  badInput: 1,
  wrongUsage: 2,
  internal: 3,
  interrupted: 130,
} as const;

/** Exit status of a failure: coded errors are the caller's or the data's (1, or 2 for usage), all others are ours (3). */
export function exitStatusOf(error: unknown): number {
  if (isWavetuneError(error, 'cli.interrupted')) return EXIT_STATUS.interrupted;
  if (!isWavetuneError(error)) return EXIT_STATUS.internal;
  return error.code.startsWith('usage.') ? EXIT_STATUS.wrongUsage : EXIT_STATUS.badInput;
}
