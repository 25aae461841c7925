import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/**
 * LRU as a window that slides over the trace: a reference hits iff the block's previous reference lies in the window; the
 * tail moves past references that were repeated since. No list and no state a block.
 */
export function createLruKernel(setting: KernelSetting): ReferenceKernel {
  const { capacityBlocks } = setting;
  const { previous, next } = setting.references();
  /** As signed numbers no reference is −1: no previous one is outside every window. */
  const before = signed(previous);
  const after = signed(next);
  let tail = 0;
  let size = 0;
  let evictions = 0;
  return {
    evictions: () => evictions,
    run(begin, end) {
      let i = begin;
      let hits = 0;
      for (let free = capacityBlocks - size; i < end && free > 0; i++) {
        if (before[i] >= tail) hits++;
        else free--;
      }
      const placed = i - begin - hits;
      const slid = slide({ before, after }, { tail, begin: i, end });
      size += placed;
      evictions += slid.evictions;
      tail = slid.tail;
      return end - begin - placed - slid.evictions;
    },
  };
}

/**
 * A full window from reference `begin` to `end`. One step of the loop either takes a reference or, where that misses and
 * the tail was repeated, moves the tail alone: so nothing depends on a branch, which no processor would predict.
 */
function slide(
  { before, after }: { readonly before: Int32Array; readonly after: Int32Array },
  { tail, begin, end }: { readonly tail: number; readonly begin: number; readonly end: number },
) {
  let evictions = 0;
  let from = tail;
  for (let i = begin; i < end; ) {
    const isMiss = (before[i] - from) >>> 31;
    const use = after[from];
    const isCurrent = ((i - use) | use) >>> 31;
    evictions += isMiss & isCurrent;
    from += isMiss;
    i += isCurrent | (isMiss ^ 1);
  }
  return { evictions, tail: from };
}

function signed(numbers: Uint32Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}
