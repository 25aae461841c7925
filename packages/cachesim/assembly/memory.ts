/** Where the host puts references, and how many at a time. */
export const STAGE: usize = 1024;
export const STAGE_REFERENCES: u32 = 16384;

const PAGE_BITS: u64 = 16;

/**
 * How far ahead of the current reference its state is read, so that it is in cache when its turn comes: the branch on it
 * is mispredicted often, and a wait for memory in front of that would be in vain for all that follows (chosen).
 */
export const AHEAD: u32 = 32;

/** Where it puts when each of them is used next, for the kernels that want to know. */
export const STAGE_NEXT: usize = STAGE + 4 * (STAGE_REFERENCES + AHEAD);

let top: usize = STAGE_NEXT + 4 * STAGE_REFERENCES;
let evicted: u32 = 0;
let _kept: u32 = 0;

/** Zeroed bytes at the end of the memory, right behind those reserved before where those were whole cache lines. */
export function reserve(bytes: u64): usize {
  const at = top;
  const end = <u64>at + ((bytes + 63) & ~63);
  const pages = (end + (1 << PAGE_BITS) - 1) >> PAGE_BITS;
  if (pages > 0xffff) unreachable();
  const more = <i32>pages - memory.size();
  if (more > 0 && memory.grow(more) < 0) unreachable();
  top = <usize>end;
  return at;
}

/** The reference at place `i` of the stage; behind the last there are {@link AHEAD} more that can be read, of any block. */
export function referenceAt(i: u32): u32 {
  return load<u32>(STAGE + ((<usize>i) << 2));
}

/** Number of the reference that uses the block of place `i` next; the highest there is, below 2^31, for none. */
export function nextUseAt(i: u32): u32 {
  return load<u32>(STAGE_NEXT + ((<usize>i) << 2)) & 0x7fffffff;
}

export function countEvictions(count: u32): void {
  evicted += count;
}

export function evictions(): u32 {
  return evicted;
}

/** Makes what was read ahead count, or the compiler would not read it. */
export function keep(read: u32): void {
  _kept = read;
}
