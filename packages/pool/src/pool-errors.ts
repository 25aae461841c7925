import { defineErrors } from '@wavetune/core';

/** How a task can fail that is not the task's own coded error. */
export const poolError = defineErrors({
  'pool.worker-failed': (d: { readonly task: string; readonly reason: string }) =>
    `the worker thread of ${d.task} ended: ${d.reason}; the other tasks go on, this one can be run again (with more memory, or fewer --threads)`,
  'pool.unknown-task': (d: { readonly task: string; readonly known: readonly string[] }) =>
    `no task is called "${d.task}"; known are ${d.known.join(', ')}`,
  'pool.bad-threads': (d: { readonly found: number }) =>
    `${d.found} threads; accepted is a whole number from 1 to 256`,
});
