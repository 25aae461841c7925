import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** From here on insertion numbers would not fit 31 bits. */
const MOST_REFERENCES = 2 ** 30;

/**
 * FIFO by one insertion number a block: a block is resident iff fewer than `capacity` were placed after it. Written without
 * a branch, since whether a reference hits is what no processor predicts.
 */
export function createFifoKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks } = setting;
  if (blocks.length > MOST_REFERENCES) return undefined;
  const capacityBlocks = Math.min(setting.capacityBlocks, distinctBlocks);
  /** Number of the latest insertion; numbering starts above the capacity, so 0 is long gone. */
  let latest = capacityBlocks;
  const numbers = new Int32Array(distinctBlocks);
  return {
    evictions: () => Math.max(0, latest - 2 * capacityBlocks),
    run(begin, end) {
      let count = latest;
      for (let i = begin; i < end; i++) {
        const block = blocks[i];
        const number = numbers[block];
        const miss = (number - 1 - (count - capacityBlocks)) >>> 31;
        count += miss;
        numbers[block] = (number & (miss - 1)) | (count & -miss);
      }
      const hits = end - begin - (count - latest);
      latest = count;
      return hits;
    },
  };
}
