import { allocate, grown } from './memory';

/** A list of entries of 8 bytes, ascending, none twice: how many there are, for how many there is room, then they. */
const HEAD: usize = 8;
const FIRST_BYTES: usize = 64;

export function listLength(list: usize): u32 {
  return list === 0 ? 0 : load<u32>(list);
}

export function listItems(list: usize): usize {
  return list + HEAD;
}

/** Adds a run of pages, a whole number, where it is not there. @returns The list, which may have moved. */
export function withPages(list: usize, pages: f64): usize {
  let low: u32 = 0;
  let high = listLength(list);
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = load<f64>(list + HEAD + ((<usize>middle) << 3));
    if (found === pages) return list;
    if (found < pages) low = middle + 1;
    else high = middle;
  }
  const moved = opened(list, low);
  store<f64>(moved + HEAD + ((<usize>low) << 3), pages);
  return moved;
}

/** Adds `more` to the count of a bucket. An entry: the bucket, its count. @returns The list, which may have moved. */
export function withBucket(list: usize, bucket: i32, more: u32): usize {
  let low: u32 = 0;
  let high = listLength(list);
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = list + HEAD + ((<usize>middle) << 3);
    const found = load<i32>(at);
    if (found === bucket) {
      store<u32>(at, load<u32>(at, 4) + more, 4);
      return list;
    }
    if (found < bucket) low = middle + 1;
    else high = middle;
  }
  const moved = opened(list, low);
  store<i32>(moved + HEAD + ((<usize>low) << 3), bucket);
  store<u32>(moved + HEAD + ((<usize>low) << 3), more, 4);
  return moved;
}

/** Makes room for an entry before that at `place`. */
function opened(list: usize, place: u32): usize {
  if (list === 0) {
    list = allocate(FIRST_BYTES);
    store<u32>(list, 0);
    store<u32>(list, <u32>FIRST_BYTES, 4);
  }
  const length = load<u32>(list);
  const bytes = <usize>load<u32>(list, 4);
  if (HEAD + ((<usize>(length + 1)) << 3) > bytes) {
    list = grown(list, bytes);
    store<u32>(list, <u32>(bytes << 1), 4);
  }
  const at = list + HEAD + ((<usize>place) << 3);
  memory.copy(at + 8, at, (<usize>(length - place)) << 3);
  store<u32>(list, length + 1);
  return list;
}
