import { costedReplayTask, hitsTask, lruDepthsTask } from '@wavetune/cachesim';
import { fitCalibrationTask, searchPoliciesTask } from '@wavetune/kernels';
import { ceilingTask, extentsTask, reuseTask } from '@wavetune/prefix';
import { replayShardsTask } from '@wavetune/shards';
import { poolError } from './pool-errors.ts';
import { PROBE_TASKS } from './probe-tasks.ts';

/** The half of a `Task` that a worker needs. */
export interface RunnableTask {
  readonly name: string;
  run(input: never): unknown;
}

/** Every task that a worker can run; a new task is one line here. */
export const TASK_TABLE: readonly RunnableTask[] = [
  ceilingTask,
  extentsTask,
  reuseTask,
  costedReplayTask,
  hitsTask,
  lruDepthsTask,
  replayShardsTask,
  fitCalibrationTask,
  searchPoliciesTask,
  ...PROBE_TASKS,
];

/** @throws WavetuneError `pool.unknown-task` */
export function taskOf(name: string): { run(input: unknown): unknown } {
  const task = TASK_TABLE.find((candidate) => candidate.name === name);
  if (task === undefined) {
    throw poolError('pool.unknown-task', {
      task: name,
      known: TASK_TABLE.map((candidate) => candidate.name),
    });
  }
  return task as { run(input: unknown): unknown };
}
