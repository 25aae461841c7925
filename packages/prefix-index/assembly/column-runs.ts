/** How long the run that was begun last is, and where it goes on. */
let length: u32 = 0;
let at: usize = 0;

/** A length is 7 bits a byte, at most 5 of them. @returns False where none ends before `end`. */
function beginRun(from: usize, end: usize): bool {
  at = from;
  length = 0;
  for (let shift: u32 = 0; shift < 35; shift += 7) {
    if (at >= end) return false;
    const byte = <u32>load<u8>(at++);
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/** Whether the numbers begin with a run of ones, 1 bit each, of at least `count`. */
export function isOneRun(from: usize, end: usize, count: u32): bool {
  return (
    beginRun(from, end) &&
    length >> 1 >= count &&
    (length & 1) === 0 &&
    at < end &&
    load<u8>(at) === 1
  );
}

/**
 * Reads whole numbers of `width` bits as Parquet has them: runs of one number, or of groups of 8 that are packed, each after its
 * length.
 *
 * @param to - 4 bytes a number.
 * @returns False where `count` numbers do not end before `end`.
 */
export function readRuns(from: usize, end: usize, width: u32, count: u32, to: usize): bool {
  if (width > 32) return false;
  const mask: u32 = width === 32 ? 0xffffffff : ((<u32>1) << width) - 1;
  let next = from;
  let done: u32 = 0;
  while (done < count) {
    if (!beginRun(next, end)) return false;
    const isPacked = (length & 1) !== 0;
    const numbers = <u32>min<u64>((<u64>(length >> 1)) << (isPacked ? 3 : 0), count - done);
    const bytes = <usize>(isPacked ? (<u64>numbers * width + 7) >> 3 : (width + 7) >> 3);
    if (bytes > end - at) return false;
    const place = to + ((<usize>done) << 2);
    if (isPacked) {
      unpack(at, width, mask, numbers, place);
    } else {
      const number = <u32>(load<u64>(at) & (((<u64>1) << (bytes << 3)) - 1));
      if (number > mask) return false;
      fill(number, numbers, place);
    }
    // A packed run is whole groups, but for the last one.
    next = isPacked ? at + <usize>(<u64>(length >> 1) * width) : at + bytes;
    done += numbers;
  }
  return true;
}

function unpack(from: usize, width: u32, mask: u32, count: u32, to: usize): void {
  let bit: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const word = load<u64>(from + <usize>(bit >> 3)) >> (bit & 7);
    store<u32>(to + ((<usize>i) << 2), <u32>word & mask);
    bit += width;
  }
}

function fill(number: u32, count: u32, to: usize): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(to + ((<usize>i) << 2), number);
}
