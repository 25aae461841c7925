import { isWavetuneError } from '@wavetune/core';

/** What a command's exit status says. */
export const EXIT_STATUS = {
  done: 0,
  badInput: 1,
  wrongUsage: 2,
  internal: 3,
  gated: 4,
  interrupted: 130,
} as const;

const STATUS_BY_CODE: readonly (readonly [codePrefix: string, status: number])[] = [
  ['cli.interrupted', EXIT_STATUS.interrupted],
  ['usage.', EXIT_STATUS.wrongUsage],
  ['nightly.gate', EXIT_STATUS.gated],
  ['pool.worker-failed', EXIT_STATUS.internal],
];

/** Exit status of a failure: a coded error is the caller's or the data's unless its code says otherwise, all others are ours. */
export function exitStatusOf(error: unknown): number {
  if (!isWavetuneError(error)) return EXIT_STATUS.internal;
  const rule = STATUS_BY_CODE.find(([codePrefix]) => error.code.startsWith(codePrefix));
  return rule?.[1] ?? EXIT_STATUS.badInput;
}
