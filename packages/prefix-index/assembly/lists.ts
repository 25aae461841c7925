import { allocate, grown } from './memory';

/**
 * Runs of pages, none twice: how many there are, for how many bytes there is room, then they, each a whole number of 8 bytes. A
 * few stand as they came, and behind them what is no run; more ascend.
 */
const HEAD: usize = 8;
const FIRST_BYTES: usize = 128;
const FEW: u32 = 12;
const NO_RUN: u64 = <u64>-1;

export function listLength(list: usize): u32 {
  return list === 0 ? 0 : load<u32>(list);
}

export function listItems(list: usize): usize {
  return list + HEAD;
}

/** Adds a run where it is not there. @returns The list, which may have moved. */
export function withPages(list: usize, pages: f64): usize {
  if (list === 0) list = emptyList();
  const length = load<u32>(list);
  if (length > FEW) return withAscending(list, pages);
  if (isAmongFew(list, length, pages)) return list;
  if (length === FEW) {
    sortRuns(list);
    return withAscending(list, pages);
  }
  store<f64>(list + ((<usize>length) << 3), pages, HEAD);
  store<u32>(list, length + 1);
  return list;
}

function emptyList(): usize {
  const list = allocate(FIRST_BYTES);
  store<u64>(list, (<u64>FIRST_BYTES) << 32);
  for (let at: usize = HEAD; at < FIRST_BYTES; at += 8) store<u64>(list + at, NO_RUN);
  return list;
}

/** Four at once: of lists that are so short, no two after one another are equally long. */
function isAmongFew(list: usize, length: u32, pages: f64): bool {
  const wanted = f64x2.splat(pages);
  const end = list + ((<usize>length) << 3);
  for (let at = list; at < end; at += 32) {
    const first = f64x2.eq(v128.load(at, HEAD), wanted);
    const second = f64x2.eq(v128.load(at, HEAD + 16), wanted);
    if (v128.any_true(v128.or(first, second))) return true;
  }
  return false;
}

/** From here on the runs of a list ascend. */
export function sortRuns(list: usize): void {
  const length = listLength(list);
  if (length > FEW) return;
  const items = list + HEAD;
  for (let i: u32 = 1; i < length; i++) {
    const run = load<f64>(items + ((<usize>i) << 3));
    let at = items + ((<usize>i) << 3);
    for (; at > items && load<f64>(at - 8) > run; at -= 8) store<f64>(at, load<f64>(at - 8));
    store<f64>(at, run);
  }
}

function withAscending(list: usize, pages: f64): usize {
  const length = load<u32>(list);
  const place = placeOf(list, length, pages);
  const at = list + HEAD + ((<usize>place) << 3);
  if (place < length && load<f64>(at) === pages) return list;
  const moved = opened(list, place);
  store<f64>(moved + HEAD + ((<usize>place) << 3), pages);
  return moved;
}

/** How many runs come before; searched without a branch on what is found, which nobody could predict. */
function placeOf(list: usize, length: u32, pages: f64): u32 {
  const items = list + HEAD;
  let left = length;
  let place: u32 = 0;
  while (left > 1) {
    const half = left >> 1;
    place = select(
      place + half,
      place,
      load<f64>(items + ((<usize>(place + half - 1)) << 3)) < pages,
    );
    left -= half;
  }
  return place + <u32>(load<f64>(items + ((<usize>place) << 3)) < pages);
}

/** Makes room for a run before that at `place`. */
function opened(list: usize, place: u32): usize {
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
