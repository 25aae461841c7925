import { type RequestRange, splitRange, type Task } from '@wavetune/core';
import { poolError } from './pool-errors.ts';

/** Numbers of a range to add up, and what goes wrong in the part that holds `at`. */
export interface ProbeInput {
  readonly range: RequestRange;
  readonly fault?: {
    readonly at: number;
    readonly kind: 'exit' | 'memory' | 'coded' | 'internal';
  };
}

/** Adds up the numbers of a range, or fails as told: lets a check see that threads run, merge and fail as they should. */
export const probeSumTask: Task<ProbeInput, number> = {
  name: 'pool/probe-sum',
  split: (input, parts) => splitRange(input.range, parts).map((range) => ({ ...input, range })),
  run({ range, fault }) {
    if (fault !== undefined && fault.at >= range.begin && fault.at < range.end) fail(fault.kind);
    let sum = 0;
    for (let i = range.begin; i < range.end; i++) sum += i;
    return sum;
  },
  merge: (left, right) => left + right,
};

export const PROBE_TASKS = [probeSumTask] as const;

function fail(kind: 'exit' | 'memory' | 'coded' | 'internal'): never {
  if (kind === 'exit') process.exit(9);
  if (kind === 'coded') throw poolError('pool.bad-threads', { found: -1 });
  if (kind === 'internal') throw new RangeError('probe');
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 1 << 16 }, () => Math.random()));
}
