// Closed beside free residency: block references a second on one thread, over a generated trace of chats and, where it is
// there, the conversation trace of Mooncake eight times over.
//
//   node benchmarks/replay/residency.ts [requests] [policy,…]
//
// Free residency twice: with continuous hits, as closed residency has them, and with independent hits, where every reference
// is a request of its own and most policies are one loop.
import { EVICTION_POLICIES, linkReferences, replay } from '@wavetune/cachesim';
import type { TraceColumns } from '@wavetune/core';
import { loadMooncake, mooncakeMissing } from '../../packages/cachesim/tests/load-mooncake.ts';
import { chatColumns } from './chat-trace.ts';
import { repeated } from './repeated-trace.ts';

const ROUNDS = 3;
const SHARES = [0.01, 0.1];
const WAYS = [
  { residency: 'closed', hits: 'continuous' },
  { residency: 'free', hits: 'continuous' },
  { residency: 'free', hits: 'independent' },
] as const;

const requests = Number(process.argv[2] ?? 100_000);
const chosen = process.argv[3]?.split(',');

/** Million references a second of each way, measured in turns. */
function ratesOf(columns: TraceColumns, policy: string, capacityBlocks: number) {
  const index = linkReferences(columns.blocks, columns.parents.length);
  const seconds = WAYS.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, way] of WAYS.entries()) {
      const before = process.threadCpuUsage();
      replay(columns, { policy, capacityBlocks, ...way }, index);
      const { user, system } = process.threadCpuUsage(before);
      seconds[i] = Math.min(seconds[i], (user + system) / 1e6);
    }
  }
  return seconds.map((time) => columns.blocks.length / time / 1e6);
}

function compare(title: string, columns: TraceColumns): void {
  const { blocks, offsets, parents } = columns;
  console.log(
    `${title}: ${offsets.length - 1} requests, ${blocks.length} references, ${parents.length} blocks\n`,
  );
  console.log('| policy | capacity | closed, M/s | free, M/s | loose, M/s | ÷ free | ÷ loose |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const { name } of [...EVICTION_POLICIES, { name: 'optimum' }]) {
    if (chosen !== undefined && !chosen.includes(name)) continue;
    for (const share of SHARES) {
      const capacityBlocks = Math.round(share * parents.length);
      const [closed, free, loose] = ratesOf(columns, name, capacityBlocks);
      const rates = [closed, free, loose].map((rate) => rate.toFixed(1));
      const cells = [name, capacityBlocks, ...rates, (closed / free).toFixed(2)];
      console.log(`| ${[...cells, (closed / loose).toFixed(2)].join(' | ')} |`);
    }
  }
  console.log('');
}

compare('chats', chatColumns({ requests, seed: 1 }));
if (mooncakeMissing === undefined) compare('conversations, 8 times', repeated(loadMooncake(), 8));
else console.log(`conversations: skipped, ${mooncakeMissing}`);
