import { createRng } from '@wavetune/core';
import { numberOf } from '../policies/policy.ts';
import { drawBelow } from '../structures/counted-draws.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** Random eviction as a byte a block and the list of residents, in which the victim's place goes to the latest block. */
export function createRandomKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, parameters } = setting;
  const capacityBlocks = Math.min(setting.capacityBlocks, distinctBlocks);
  const key = createRng(numberOf(parameters, 'seed')).nextUint32() | 0;
  const resident = new Uint8Array(distinctBlocks);
  const residents = new Uint32Array(capacityBlocks);
  let size = 0;
  let evictions = 0;
  return {
    evictions: () => evictions,
    run(begin, end) {
      let hits = 0;
      for (let i = begin; i < end; i++) {
        const block = blocks[i];
        if (resident[block] === 1) {
          hits++;
          continue;
        }
        resident[block] = 1;
        if (size < capacityBlocks) {
          residents[size++] = block;
          continue;
        }
        const at = drawBelow(key, evictions++, capacityBlocks);
        resident[residents[at]] = 0;
        residents[at] = residents[capacityBlocks - 1];
        residents[capacityBlocks - 1] = block;
      }
      return hits;
    },
  };
}
