import type { Pool } from './pool.ts';
import { createThreadPool, type ThreadPoolOptions } from './thread-pool.ts';

/**
 * Runs `work` with a pool that is closed whatever happens. `WAVETUNE_WORKER_HEAP_MIB` in the environment limits a
 * worker's heap where the options do not.
 */
export async function withThreadPool<T>(
  options: ThreadPoolOptions,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  const heap = process.env.WAVETUNE_WORKER_HEAP_MIB;
  const pool = createThreadPool({
    ...(heap === undefined ? {} : { heapMebibytes: Number(heap) }),
    ...options,
  });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}
