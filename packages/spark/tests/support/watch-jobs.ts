import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

/** As Spark's monitoring interface gives it. */
interface Stage {
  readonly status: string;
  readonly numCompleteTasks: number;
}

async function get<T>({ ui }: Cluster, what: string): Promise<T> {
  const [{ id }] = await (await fetch(`${ui}/api/v1/applications`)).json();
  return await (await fetch(`${ui}/api/v1/applications/${id}/${what}`)).json();
}

async function runningJobs(cluster: Cluster): Promise<number> {
  return (await get<readonly unknown[]>(cluster, 'jobs?status=running')).length;
}

/** Waits until a job runs. */
export async function untilJobsRun(cluster: Cluster): Promise<void> {
  while ((await runningJobs(cluster)) === 0) await sleep(50);
}

/** Waits until a stage runs of which at least so many tasks are done. */
export async function untilTasksDone(cluster: Cluster, count: number): Promise<void> {
  for (;;) {
    const stages = await get<readonly Stage[]>(cluster, 'stages?status=active');
    if (stages.some(({ numCompleteTasks }) => numCompleteTasks >= count)) return;
    await sleep(100);
  }
}

/** Waits until no job runs, at most so long; how many run then. */
export async function jobsLeftAfter(cluster: Cluster, millis: number): Promise<number> {
  const deadline = Date.now() + millis;
  let left = await runningJobs(cluster);
  while (left > 0 && Date.now() < deadline) {
    await sleep(100);
    left = await runningJobs(cluster);
  }
  return left;
}
