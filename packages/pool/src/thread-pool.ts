import { existsSync } from 'node:fs';
import { decodeFailure, type Task } from '@wavetune/core';
import { Piscina } from 'piscina';
import type { TaskOutcome } from './outcome.ts';
import { mergeAll, type Pool } from './pool.ts';
import { poolError } from './pool-errors.ts';

/** How many threads, and what one may hold. */
export interface ThreadPoolOptions {
  /** 1 … 256. */
  readonly threads: number;
  /** Heap limit of one worker, MiB; shared columns do not count. Left out: V8's own. */
  readonly heapMebibytes?: number;
}

/**
 * Runs parts on worker threads. Columns over shared memory are seen by all, nothing bulky is copied: inputs hold views of
 * shared buffers, and a partial result's buffers are transferred.
 */
export function createThreadPool({ threads, heapMebibytes }: ThreadPoolOptions): Pool {
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw poolError('pool.bad-threads', { found: threads });
  }
  const piscina = new Piscina({
    filename: workerUrl(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 1000,
    ...(heapMebibytes === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: heapMebibytes } }),
  });
  const waiting = failWithoutWorkers(piscina);
  return {
    threads,
    async run(task, input) {
      const parts = task.split(input, threads === 1 ? 1 : threads * (task.partsAThread ?? 1));
      const settled = await Promise.allSettled(
        parts.map((part) => runPart(piscina, waiting, task, part)),
      );
      const partials = settled.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
      return mergeAll(task, partials);
    },
    close: () => piscina.destroy(),
  };
}

/** What to call with an error for each part that is under way. */
type Waiting = Set<(error: unknown) => void>;

/**
 * A worker that dies before it is ready takes no task with it, and piscina 5 starts no other: queued tasks would wait for
 * ever. When no worker is left, what waits fails.
 */
function failWithoutWorkers(piscina: Piscina): Waiting {
  const waiting: Waiting = new Set();
  const check = (): void => {
    if (piscina.threads.length > 0) return;
    for (const fail of waiting) fail(new Error('it ended before it was ready'));
  };
  piscina.on('workerDestroy', () => setImmediate(check));
  piscina.on('error', () => setImmediate(check));
  return waiting;
}

async function runPart<Input, Partial>(
  piscina: Piscina,
  waiting: Waiting,
  task: Task<Input, Partial>,
  input: Input,
): Promise<Partial> {
  const { promise, resolve, reject } = Promise.withResolvers<TaskOutcome<Partial>>();
  waiting.add(reject);
  piscina.run({ task: task.name, input }).then(resolve, reject);
  const outcome = await promise
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw poolError('pool.worker-failed', { task: task.name, reason }, { cause: error });
    })
    .finally(() => waiting.delete(reject));
  if ('failure' in outcome) throw decodeFailure(outcome.failure);
  return outcome.value;
}

function workerUrl(): string {
  const built = new URL('./worker.js', import.meta.url);
  return existsSync(built) ? built.href : new URL('./worker.ts', import.meta.url).href;
}
