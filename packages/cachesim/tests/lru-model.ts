import type { TraceColumns } from '@wavetune/core';

/** Hit blocks of every request in plain LRU of `capacity` blocks, from a list that is searched; O(n · capacity). */
export function lruModel(columns: TraceColumns, capacity: number): number[] {
  const stack: number[] = [];
  const hits: number[] = [];
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    const chain = Array.from(columns.blocks.subarray(columns.offsets[r], columns.offsets[r + 1]));
    let hit = 0;
    while (hit < chain.length && stack.indexOf(chain[hit]) !== -1) hit++;
    hits.push(hit);
    for (const block of chain.toReversed()) {
      const at = stack.indexOf(block);
      if (at !== -1) stack.splice(at, 1);
      stack.unshift(block);
    }
    stack.length = Math.min(stack.length, capacity);
  }
  return hits;
}
