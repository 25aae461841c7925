import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;
const FRESH = 1;
const VISITED = 2;

/**
 * SIEVE as a byte a block and a log: what the hand spares moves down to the part that it has passed, `[0, kept)`, so the
 * log has no holes but the gap under the hand, and one round of the hand compacts it.
 */
export function createSieveKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  const states = new Uint8Array(distinctBlocks);
  const log = new Uint32Array(2 * Math.min(capacityBlocks, distinctBlocks) + 64);
  let size = 0;
  let evictions = 0;
  let kept = 0;
  let hand = 0;
  let young = 0;

  const evict = (): void => {
    for (;;) {
      if (hand === young) startRound();
      const block = log[hand++];
      if (states[block] !== VISITED) {
        states[block] = ABSENT;
        break;
      }
      states[block] = FRESH;
      log[kept++] = block;
    }
    if (hand === young) startRound();
    evictions++;
  };
  const startRound = (): void => {
    young = kept;
    hand = 0;
    kept = 0;
  };
  const closeGap = (): void => {
    log.copyWithin(kept, hand, young);
    young -= hand - kept;
    hand = kept;
  };
  return {
    evictions: () => evictions,
    run(begin, end) {
      let hits = 0;
      for (let i = begin; i < end; i++) {
        const block = blocks[i];
        if (states[block] !== ABSENT) {
          hits++;
          states[block] = VISITED;
          continue;
        }
        if (size === capacityBlocks) evict();
        else size++;
        if (young === log.length) closeGap();
        log[young++] = block;
        states[block] = FRESH;
      }
      return hits;
    },
  };
}
