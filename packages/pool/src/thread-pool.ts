import { existsSync } from 'node:fs';
import type { Task } from '@wavetune/core';
import { Piscina } from 'piscina';
import { decodeFailure, type TaskOutcome } from './outcome.ts';
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
  return {
    threads,
    async run(task, input) {
      const parts = task.split(input, threads);
      const settled = await Promise.allSettled(parts.map((part) => runPart(piscina, task, part)));
      const partials = settled.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
      return mergeAll(task, partials);
    },
    close: () => piscina.destroy(),
  };
}

async function runPart<Input, Partial>(
  piscina: Piscina,
  task: Task<Input, Partial>,
  input: Input,
): Promise<Partial> {
  let outcome: TaskOutcome<Partial>;
  try {
    outcome = await piscina.run({ task: task.name, input });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw poolError('pool.worker-failed', { task: task.name, reason }, { cause: error });
  }
  if ('failure' in outcome) throw decodeFailure(outcome.failure);
  return outcome.value;
}

function workerUrl(): string {
  const built = new URL('./worker.js', import.meta.url);
  return existsSync(built) ? built.href : new URL('./worker.ts', import.meta.url).href;
}
