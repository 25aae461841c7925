import { hashBytes, sameBytes } from './bytes';
import { allocate, free, grown, reserve } from './memory';

/** Texts that many rows share, tenants and models, by number. An entry: where its bytes are, their count, their hash. */
const ENTRY: usize = 16;

let count: u32 = 0;
let entries: usize = allocate(64 * ENTRY);
let entriesBytes: usize = 64 * ENTRY;
/** Places by hash: a name's number and 1, 0 where there is none. */
let slots: usize = cleared(256);
let mask: u32 = 255;

export function nameCount(): u32 {
  return count;
}

export function nameAt(id: u32): usize {
  return <usize>load<u32>(entries + <usize>id * ENTRY);
}

export function nameLength(id: u32): u32 {
  return load<u32>(entries + <usize>id * ENTRY, 4);
}

/** The number of a name, which is new where it was not there. */
export function nameOf(at: usize, length: u32): u32 {
  const hash = hashBytes(at, length, 1);
  let slot = <u32>hash & mask;
  for (;;) {
    const found = load<u32>(slots + ((<usize>slot) << 2));
    if (found === 0) break;
    const entry = entries + <usize>(found - 1) * ENTRY;
    if (
      load<u64>(entry, 8) === hash &&
      load<u32>(entry, 4) === length &&
      sameBytes(<usize>load<u32>(entry), at, length)
    ) {
      return found - 1;
    }
    slot = (slot + 1) & mask;
  }
  return add(at, length, hash);
}

function add(at: usize, length: u32, hash: u64): u32 {
  if (<usize>(count + 1) * ENTRY > entriesBytes) {
    entries = grown(entries, entriesBytes);
    entriesBytes <<= 1;
  }
  const entry = entries + <usize>count * ENTRY;
  const copy = reserve(length);
  memory.copy(copy, at, length);
  store<u32>(entry, <u32>copy);
  store<u32>(entry, length, 4);
  store<u64>(entry, hash, 8);
  count++;
  if (count * 2 > mask) widen();
  else place(count - 1, hash);
  return count - 1;
}

function place(id: u32, hash: u64): void {
  let slot = <u32>hash & mask;
  while (load<u32>(slots + ((<usize>slot) << 2)) !== 0) slot = (slot + 1) & mask;
  store<u32>(slots + ((<usize>slot) << 2), id + 1);
}

function widen(): void {
  free(slots, (<usize>mask + 1) << 2);
  mask = 2 * mask + 1;
  slots = cleared(mask + 1);
  for (let id: u32 = 0; id < count; id++) {
    place(id, load<u64>(entries + <usize>id * ENTRY, 8));
  }
}

function cleared(places: u32): usize {
  const block = allocate((<usize>places) << 2);
  memory.fill(block, 0, (<usize>places) << 2);
  return block;
}
