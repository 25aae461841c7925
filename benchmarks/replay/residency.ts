// Closed beside free residency: block references a second on one thread, over a generated trace of chats.
//
//   node benchmarks/replay/residency.ts [requests]
import { EVICTION_POLICIES, linkReferences, replay } from '@wavetune/cachesim';
import { chatColumns } from './chat-trace.ts';

const ROUNDS = 3;
const requests = Number(process.argv[2] ?? 100_000);
const columns = chatColumns({ requests, seed: 1 });
const index = linkReferences(columns.blocks, columns.parents.length);
const references = columns.blocks.length;

function rate(policy: string, residency: 'closed' | 'free', capacityBlocks: number) {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const before = process.threadCpuUsage();
    replay(columns, { policy, residency, capacityBlocks }, index);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1e6;
  });
  return references / Math.min(...seconds) / 1e6;
}

console.log(`${requests} requests, ${references} references, ${columns.parents.length} blocks\n`);
console.log('| policy | capacity | closed, M/s | free, M/s | closed / free |');
console.log('|---|---:|---:|---:|---:|');
for (const { name } of [...EVICTION_POLICIES, { name: 'optimum' }]) {
  for (const share of [0.01, 0.1]) {
    const capacityBlocks = Math.round(share * columns.parents.length);
    const closed = rate(name, 'closed', capacityBlocks);
    const free = rate(name, 'free', capacityBlocks);
    const cells = [
      name,
      capacityBlocks,
      closed.toFixed(1),
      free.toFixed(1),
      (closed / free).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
