import { NONE } from '@wavetune/core';
import { EXACT_PIN_CELLS, selectPins } from '@wavetune/prefix';
import type { TuningGround } from './tuning-ground.ts';

/** Blocks to pin, all above them included, and the deepest of them. */
export interface Pins {
  readonly blocks: Uint32Array;
  readonly tips: Uint32Array;
}

/** The blocks that save most tokens among the requests `[0, end)`, within a share of the cache. */
export function pinsOf(
  { forestOf, capacityBlocks, trace }: TuningGround,
  end: number,
  share: number,
): Pins {
  const { tips } = selectPins(forestOf(end), {
    budgetBytes: Math.floor(share * capacityBlocks),
    size: { per: 'page', bytes: 1 },
    exactCells: EXACT_PIN_CELLS,
  });
  const { parents } = trace.columns;
  const pinned = new Set<number>();
  for (const tip of tips) {
    for (let block = tip; block !== NONE && !pinned.has(block); block = parents[block]) {
      pinned.add(block);
    }
  }
  return { blocks: Uint32Array.from(pinned).sort(), tips };
}
