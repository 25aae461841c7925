/**
 * The shaping tasks on one thread and on two, in turn, in warm pools.
 *
 * Usage: node benchmarks/pool/run.ts [millions of references]      (10 unless told)
 */
import { createThreadPool, type Pool } from '@wavetune/pool';
import {
  buildForest,
  ceilingTask,
  extentsTask,
  keepAll,
  LAYOUT_ORDERS,
  reuseTask,
} from '@wavetune/prefix';
import { chatColumns } from '../prefix/synthetic-chat.ts';
import { median } from '../support/whole-process.ts';

const ROUNDS = 7;
const columns = chatColumns(Number(process.argv[2] ?? 10) * 1e6, 1);
const forest = buildForest(columns);
const window = { begin: 0, end: columns.offsets.length - 1 };
const kept = keepAll(forest);
const selected = Uint32Array.from(forest.counts.keys());

const work: Readonly<Record<string, (pool: Pool) => Promise<unknown>>> = {
  ceiling: (pool) => pool.run(ceilingTask, { columns, window }),
  'extents, three orders': (pool) => pool.run(extentsTask, { forest, kept, orders: LAYOUT_ORDERS }),
  'reuse of every cohort': (pool) => pool.run(reuseTask, { columns, forest, selected }),
};

const one = createThreadPool({ threads: 1 });
const two = createThreadPool({ threads: 2 });
const rows = [];
for (const [name, run] of Object.entries(work)) {
  const millis = { one: [] as number[], two: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [key, pool] of [
      ['one', one],
      ['two', two],
    ] as const) {
      const begin = performance.now();
      await run(pool);
      if (round >= 0) millis[key].push(performance.now() - begin);
    }
  }
  rows.push({
    task: name,
    '1 thread, ms': Math.round(median(millis.one)),
    '2 threads, ms': Math.round(median(millis.two)),
    'faster by': Number((median(millis.one) / median(millis.two)).toFixed(2)),
  });
}
console.table(rows);
await Promise.all([one.close(), two.close()]);
