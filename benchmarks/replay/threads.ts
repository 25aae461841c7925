// A list of simulations on one thread and on two, in turns, in warm pools: 20 M Zipf(1.0) references over 1 M objects.
//
//   node benchmarks/replay/threads.ts [references]
import { costedReplayTask } from '@wavetune/cachesim';
import { createThreadPool } from '@wavetune/pool';
import { median } from '../support/whole-process.ts';
import { drawZipf, regroup, zipfColumns } from './zipf-trace.ts';

const ROUNDS = 3;
const POLICIES = ['lru', 'clock', 'sieve', 's3-fifo', '2q', 'arc'];
const CAPACITIES = [10_000, 100_000];

const references = Number(process.argv[2] ?? 20_000_000);
const ranks = drawZipf({ references, objects: 1_000_000, skew: 1, seed: 1 });
const batch = {
  columns: regroup(zipfColumns(ranks), 64),
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
const seconds: number[][] = [[], []];
for (let round = -1; round < ROUNDS; round++) {
  for (const [i, pool] of pools.entries()) {
    const begin = performance.now();
    await pool.run(costedReplayTask, batch);
    if (round >= 0) seconds[i].push((performance.now() - begin) / 1000);
  }
}
const [one, two] = seconds.map(median);
console.table([
  {
    simulations: batch.simulations.length,
    'M references each': references / 1e6,
    '1 thread, s': Number(one.toFixed(2)),
    '2 threads, s': Number(two.toFixed(2)),
    'faster by': Number((one / two).toFixed(2)),
  },
]);
await Promise.all(pools.map((pool) => pool.close()));
