import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median } from '../support/whole-process.ts';
import type { ScalingWork } from './scaling-thread.ts';

/** How much more two threads do than one, of work that shares nothing: what the machine allows any program. */
export interface Scaling {
  readonly work: ScalingWork;
  readonly '1 thread, s': number;
  readonly '2 threads, s each': number;
  readonly 'times one, median of pairs': number;
  readonly least: number;
  readonly most: number;
}

/** In turns, one thread beside none and beside another, `rounds` times each after a round that warms up. */
export async function measureScaling(rounds: number): Promise<readonly Scaling[]> {
  const url = new URL('./scaling-thread.ts', import.meta.url);
  const threads = [new Worker(url), new Worker(url)];
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const scalings: Scaling[] = [];
  for (const work of ['follow pointers', 'compute'] as const) {
    const alone: number[] = [];
    const together: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const one = await secondsOf(threads.slice(0, 1), work);
      const both = await secondsOf(threads, work);
      if (round < 0) continue;
      alone.push(one);
      together.push(both);
    }
    const times = alone.map((seconds, round) => (2 * seconds) / together[round]);
    scalings.push({
      work,
      '1 thread, s': Number(median(alone).toFixed(2)),
      '2 threads, s each': Number(median(together).toFixed(2)),
      'times one, median of pairs': Number(median(times).toFixed(2)),
      least: Number(Math.min(...times).toFixed(2)),
      most: Number(Math.max(...times).toFixed(2)),
    });
  }
  await Promise.all(threads.map((thread) => thread.terminate()));
  return scalings;
}

/** Until the last has done its whole work. */
async function secondsOf(threads: readonly Worker[], work: ScalingWork): Promise<number> {
  const begin = performance.now();
  await Promise.all(
    threads.map((thread) => {
      const done = once(thread, 'message');
      thread.postMessage(work);
      return done;
    }),
  );
  return (performance.now() - begin) / 1000;
}
