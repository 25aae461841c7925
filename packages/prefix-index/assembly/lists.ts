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
  const place = placeOf<f64>(list, pages);
  const at = list + HEAD + ((<usize>place) << 3);
  if (place < listLength(list) && load<f64>(at) === pages) return list;
  const moved = opened(list, place);
  store<f64>(moved + HEAD + ((<usize>place) << 3), pages);
  return moved;
}

/** Adds `more` to the count of a bucket. An entry: the bucket, its count. @returns The list, which may have moved. */
export function withBucket(list: usize, bucket: i32, more: u32): usize {
  const place = placeOf<i32>(list, bucket);
  const at = list + HEAD + ((<usize>place) << 3);
  if (place < listLength(list) && load<i32>(at) === bucket) {
    store<u32>(at, load<u32>(at, 4) + more, 4);
    return list;
  }
  const moved = opened(list, place);
  store<i32>(moved + HEAD + ((<usize>place) << 3), bucket);
  store<u32>(moved + HEAD + ((<usize>place) << 3), more, 4);
  return moved;
}

/** How many entries come before; searched without a branch on what is found, which nobody could predict. */
function placeOf<T>(list: usize, value: T): u32 {
  let left = listLength(list);
  if (left === 0) return 0;
  const items = list + HEAD;
  let place: u32 = 0;
  while (left > 1) {
    const half = left >> 1;
    place = select(
      place + half,
      place,
      load<T>(items + ((<usize>(place + half - 1)) << 3)) < value,
    );
    left -= half;
  }
  return place + <u32>(load<T>(items + ((<usize>place) << 3)) < value);
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
