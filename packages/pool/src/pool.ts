import type { Task } from '@wavetune/core';

/** Runs tasks; which threads it uses changes the time, never the answer. */
export interface Pool {
  readonly threads: number;
  /**
   * Splits `input` over the threads, runs the parts, merges what they give.
   *
   * @throws WavetuneError `pool.worker-failed` where a worker died or ran out of memory; the pool goes on.
   * @throws whatever coded error the task itself throws, with its code and details.
   */
  run<Input, Partial>(task: Task<Input, Partial>, input: Input): Promise<Partial>;
  close(): Promise<void>;
}

/** Merges partial results in any order: `merge` is associative and commutative. */
export function mergeAll<Input, Partial>(
  task: Task<Input, Partial>,
  partials: readonly Partial[],
): Partial {
  return partials.reduce((left, right) => task.merge(left, right));
}
