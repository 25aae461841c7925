import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/**
 * LRU as a window that slides over the trace: a reference hits iff the block's previous reference lies in the window; the
 * tail moves past references that were repeated since. No list and no state a block.
 */
export function createLruKernel(setting: KernelSetting): ReferenceKernel {
  const { capacityBlocks } = setting;
  const { previous, next } = setting.references();
  /** As signed numbers no previous reference is −1, outside every window. */
  const before = new Int32Array(previous.buffer, previous.byteOffset, previous.length);
  let tail = 0;
  let size = 0;
  let evictions = 0;
  return {
    evictions: () => evictions,
    run(begin, end) {
      let from = tail;
      let i = begin;
      let hits = 0;
      for (let free = capacityBlocks - size; i < end && free > 0; i++) {
        if (before[i] >= from) hits++;
        else free--;
      }
      const placed = i - begin - hits;
      for (; i < end; i++) {
        if (before[i] >= from) {
          hits++;
          continue;
        }
        // Unsigned like `next`: a mixed comparison is done in floating point.
        const now = i >>> 0;
        while (next[from] <= now) from++;
        from++;
      }
      size += placed;
      evictions += end - begin - hits - placed;
      tail = from;
      return hits;
    },
  };
}
