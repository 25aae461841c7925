import { NONE } from '@wavetune/core';
import type { Draft, Held, Store } from './store.ts';

/**
 * Distinct blocks that the store would hold with `added` in and `removed` out; exact, and changes nothing.
 *
 * Cost: the runs above what is removed, and the blocks of what is added.
 */
export function residentBlocksAfter(
  store: Store,
  added: readonly Draft[],
  removed: readonly Held[],
): number {
  const freed = freedRuns(store, removed);
  const { runs, blocks } = store.forest;
  let resident = blocks.count;
  for (const run of freed) resident -= runs.lengthOf(run);
  if (added.length === 1) return resident + newBlocks(store, added[0], freed).length / 2;
  const fresh = new Set<bigint>();
  for (const draft of added) {
    const words = newBlocks(store, draft, freed);
    for (let i = 0; i < words.length; i += 2) {
      fresh.add((BigInt(words[i + 1]) << 32n) | BigInt(words[i]));
    }
  }
  return resident + fresh.size;
}

/** Runs that no chain would pass any more. */
function freedRuns({ forest: { runs, blocks } }: Store, removed: readonly Held[]): Set<number> {
  const leaving = new Map<number, number>();
  for (const { chain } of new Set(removed)) {
    let run = chain.last === NONE ? NONE : blocks.columns.labels[chain.last];
    for (; run !== NONE; run = runs.parents[run]) leaving.set(run, (leaving.get(run) ?? 0) + 1);
  }
  const freed = new Set<number>();
  for (const [run, chains] of leaving) if (chains === runs.counts[run]) freed.add(run);
  return freed;
}

/** Names of the blocks of a draft that would not be there without it. */
function newBlocks(
  { forest, scopes }: Store,
  { tokens, names, scopeLabel }: Draft,
  freed: ReadonlySet<number>,
): Uint32Array {
  const scope = scopes.find(scopeLabel);
  if (scope === NONE) return names;
  const path = new Uint32Array(names.length / 2);
  let kept = forest.findPrefix({ tokens, names, scope }, path);
  while (kept > 0 && freed.has(forest.blocks.columns.labels[path[kept - 1]])) kept--;
  return names.subarray(2 * kept);
}
