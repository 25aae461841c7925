// A list of simulations on one thread and on two, in turns, with workers that stand ready: 20 M Zipf(1.0) references over 1 M
// objects. Before it, how much more than one two threads do on this machine that share nothing; of 0 references that is all.
//
//   node benchmarks/replay/threads.ts [references] [pairs]
import { costedReplayTask, linkReferences } from '@wavetune/cachesim';
import { createThreadPool, type Pool, probeSumTask } from '@wavetune/pool';
import { median } from '../support/whole-process.ts';
import { measureScaling } from './machine-scaling.ts';
import { drawZipf, regroup, zipfColumns } from './zipf-trace.ts';

const POLICIES = ['lru', 'clock', 'sieve', 's3-fifo', '2q', 'arc'];
const CAPACITIES = [1000, 10_000, 100_000, 500_000];

const references = Number(process.argv[2] ?? 20_000_000);
const pairs = Number(process.argv[3] ?? 5);
console.table(await measureScaling(pairs));
if (references === 0) process.exit();
const ranks = drawZipf({ references, objects: 1_000_000, skew: 1, seed: 1 });
const columns = regroup(zipfColumns(ranks), 64);
const batch = {
  columns,
  references: linkReferences(columns.blocks, columns.parents.length),
  simulations: POLICIES.flatMap((policy) =>
    CAPACITIES.map((capacityBlocks) => ({
      policy,
      capacityBlocks,
      residency: 'free' as const,
      hits: 'independent' as const,
    })),
  ),
  firstPlace: 0,
};
const pools = [1, 2].map((threads) => createThreadPool({ threads }));

/** Starts the workers, which a pool lets go while the other one runs. */
async function wake(pool: Pool): Promise<number> {
  const begin = performance.now();
  await pool.run(probeSumTask, { range: { begin: 0, end: pool.threads } });
  return (performance.now() - begin) / 1000;
}

const seconds: number[][] = [[], []];
const starts: number[][] = [[], []];
for (let round = -1; round < pairs; round++) {
  for (const [i, pool] of pools.entries()) {
    const start = await wake(pool);
    const begin = performance.now();
    await pool.run(costedReplayTask, batch);
    if (round < 0) continue;
    seconds[i].push((performance.now() - begin) / 1000);
    starts[i].push(start);
  }
}
const [one, two] = seconds.map(median);
const ratios = seconds[0].map((alone, round) => alone / seconds[1][round]);
console.table([
  {
    simulations: batch.simulations.length,
    'M references each': references / 1e6,
    '1 thread, s': Number(one.toFixed(2)),
    '2 threads, s': Number(two.toFixed(2)),
    'faster by, median of pairs': Number(median(ratios).toFixed(2)),
    least: Number(Math.min(...ratios).toFixed(2)),
    most: Number(Math.max(...ratios).toFixed(2)),
    'starting 1 worker, s': Number(median(starts[0]).toFixed(2)),
    'starting 2, s': Number(median(starts[1]).toFixed(2)),
  },
]);
await Promise.all(pools.map((pool) => pool.close()));
