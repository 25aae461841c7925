import { numberOf } from '../policies/policy.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/**
 * CLOCK as a ring and a byte a block: 0 absent, else 1 and the chances left. A block that the hand spares stays where it is
 * and is the youngest by then; the new block takes the victim's place.
 */
export function createClockKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  const top = 2 ** numberOf(parameters, 'bits');
  const states = new Uint8Array(distinctBlocks);
  const ring = new Uint32Array(Math.min(capacityBlocks, distinctBlocks));
  let hand = 0;
  let size = 0;
  let evictions = 0;
  return {
    evictions: () => evictions,
    run(begin, end) {
      let at = hand;
      let placed = size;
      let hits = 0;
      for (let i = begin; i < end; i++) {
        const block = blocks[i];
        const state = states[block];
        if (state !== 0) {
          hits++;
          if (state < top) states[block] = state + 1;
          continue;
        }
        states[block] = 1;
        if (placed < capacityBlocks) {
          ring[placed++] = block;
          continue;
        }
        let victim = ring[at];
        while (states[victim] > 1) {
          states[victim]--;
          at = at + 1 === capacityBlocks ? 0 : at + 1;
          victim = ring[at];
        }
        states[victim] = 0;
        ring[at] = block;
        at = at + 1 === capacityBlocks ? 0 : at + 1;
      }
      evictions += end - begin - hits - (placed - size);
      hand = at;
      size = placed;
      return hits;
    },
  };
}
