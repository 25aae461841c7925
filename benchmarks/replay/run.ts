// Simulated requests a second on one thread, beside libCacheSim: 20 M Zipf(1.0) references over 1 M objects.
//
//   node benchmarks/replay/run.ts [references] [policy,…]
//
// Rates are by CPU time of the one thread, ours and theirs in turns, best of the rounds, so that a busy machine disturbs
// them less. Both read ids that are made before; "with interning" adds the time to number 64-bit keys and, for the policies
// that look ahead, to link the references.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KNOWN_POLICIES, linkReferences, replay } from '@wavetune/cachesim';
import { denseIds, keysOf } from './intern.ts';
import { openLibCacheSim, writeOracleTrace } from './libcachesim.ts';
import { drawZipf, regroup, zipfColumns } from './zipf-trace.ts';

const ROUNDS = 2;
const OBJECTS = 1_000_000;
const CAPACITIES = [1_000, 10_000, 100_000, 500_000];
const POLICIES = [
  ['fifo', {}],
  ['lru', {}],
  ['clock', {}],
  ['sieve', {}],
  ['s3-fifo', {}],
  ['2q', {}],
  ['slru', { form: 'libcachesim' }],
  ['arc', {}],
  ['lfu', {}],
  ['lirs', {}],
  ['gdsf', {}],
  ['w-tinylfu', {}],
  ['random', {}],
  ['optimum', { admission: 'always' }],
] as const;

const LOOK_AHEAD = ['lru', '2q', 'slru', 'arc', 'lfu', 'lirs', 'w-tinylfu', 'optimum'];

const references = Number(process.argv[2] ?? 20_000_000);
const chosen = process.argv[3]?.split(',');

function cpuSeconds<T>(run: () => T): { readonly seconds: number; readonly value: T } {
  const before = process.threadCpuUsage();
  const value = run();
  const { user, system } = process.threadCpuUsage(before);
  return { seconds: (user + system) / 1e6, value };
}

function best<T extends { readonly seconds: number }>(runs: readonly T[]): T {
  return runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

function row(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

const millions = (seconds: number): string => (references / seconds / 1e6).toFixed(1);

const ranks = drawZipf({ references, objects: OBJECTS, skew: 1, seed: 1 });
const keys = keysOf(ranks);
const interning = best(Array.from({ length: ROUNDS }, () => cpuSeconds(() => denseIds(keys))));
const columns = regroup(zipfColumns(ranks), 1000);
const linking = best(
  Array.from({ length: ROUNDS }, () =>
    cpuSeconds(() => linkReferences(columns.blocks, columns.parents.length)),
  ),
);
const index = linking.value;
const path = join(tmpdir(), `zipf-${process.pid}.oracleGeneral`);
const theirs = openLibCacheSim(() => writeOracleTrace(path, columns.blocks, index), path);

console.log(`${references} references, ${columns.parents.length} objects seen`);
console.log(
  `interning ${millions(interning.seconds)} M/s, previous and next ${millions(linking.seconds)} M/s\n`,
);
row([
  'policy',
  'capacity',
  'hit ratio',
  'M requests/s',
  'with interning',
  'libCacheSim',
  'times',
  'theirs hit',
]);
row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:']);
for (const [policy, parameters] of POLICIES) {
  if (chosen !== undefined && !chosen.includes(policy)) continue;
  if (!KNOWN_POLICIES.some(({ name }) => name === policy)) throw new Error(`no policy ${policy}`);
  const preparing = interning.seconds + (LOOK_AHEAD.includes(policy) ? linking.seconds : 0);
  for (const capacityBlocks of CAPACITIES) {
    const request = {
      policy,
      parameters,
      capacityBlocks,
      residency: 'free',
      hits: 'independent',
    } as const;
    const ours = best(
      Array.from({ length: ROUNDS }, () => cpuSeconds(() => replay(columns, request, index))),
    );
    const other = theirs.replay(policy, capacityBlocks);
    row([
      policy,
      capacityBlocks,
      (ours.value.hitBlocks / references).toFixed(4),
      millions(ours.seconds),
      millions(ours.seconds + preparing),
      other === undefined ? 'not measured' : millions(other.seconds),
      other === undefined ? '' : (other.seconds / ours.seconds).toFixed(1),
      other === undefined ? '' : (1 - other.missRatio).toFixed(4),
    ]);
  }
}
theirs.close();
