/** Behind what is reserved there is room to read on. */
export const SLACK: usize = 64;

const LEAST_CLASS: u32 = 4;
const LINE_CLASS: u32 = 6;
const LINE_MASK: usize = 63;
const PAGE_BITS: u32 = 16;

/** By power of two: the first block that was given back; it names the next one. */
const FREE: usize = memory.data(32 * 4);

let top: usize = (__heap_base + 15) & ~15;

/**
 * Bytes of any content; {@link sizeClass} says how many there are. Those that fill cache lines begin with one. Traps where the
 * memory is at its end.
 */
export function allocate(bytes: usize): usize {
  const kind = sizeClass(bytes);
  const list = FREE + ((<usize>kind) << 2);
  const free = <usize>load<u32>(list);
  if (free !== 0) {
    store<u32>(list, load<u32>(free));
    return free;
  }
  if (kind >= LINE_CLASS) top = (top + LINE_MASK) & ~LINE_MASK;
  return reserve((<usize>1) << kind);
}

/** As {@link allocate}, for what is never given back: without rounding up. */
export function reserve(bytes: usize): usize {
  const at = top;
  const end = <u64>at + ((bytes + 15) & ~15);
  const pages = (end + SLACK + (1 << PAGE_BITS) - 1) >> PAGE_BITS;
  if (pages > 0xffff) unreachable();
  const more = <i32>pages - memory.size();
  // A sixteenth more than is needed: growing takes as long as it is often.
  if (more > 0 && memory.grow(more + (memory.size() >> 4)) < 0 && memory.grow(more) < 0) {
    unreachable();
  }
  top = <usize>end;
  return at;
}

export function free(block: usize, bytes: usize): void {
  const list = FREE + ((<usize>sizeClass(bytes)) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
}

/** Twice the room, the content copied. @returns The new block. */
export function grown(block: usize, bytes: usize): usize {
  const larger = allocate(bytes << 1);
  memory.copy(larger, block, bytes);
  free(block, bytes);
  return larger;
}

function sizeClass(bytes: usize): u32 {
  return bytes <= 1 << LEAST_CLASS ? LEAST_CLASS : 32 - clz<u32>(<u32>bytes - 1);
}
