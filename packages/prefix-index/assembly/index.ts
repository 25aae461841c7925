import { addWaiting, takeEvent } from './events';
import { readLine } from './line';
import { reserve, SLACK } from './memory';

export { addSent, bucketBounds, setRules } from './events';
export { fieldNames } from './fields';
export { emptyNumbersAt, layOut, layoutBytes, makeRoom } from './layout';
export { isWide } from './line';
export { powersOfTen } from './number';
export { clearSent, sentAt, sentBytes, setShare } from './outbox';

/** The most bytes at once. */
const INPUT_BYTES: usize = 2 ** 21 + 2 ** 17;
const input: usize = reserve(INPUT_BYTES + SLACK);

let events: u32 = 0;

/** Where the host puts the bytes to scan. */
export function inputAt(): usize {
  return input;
}

export function inputBytes(): usize {
  return INPUT_BYTES;
}

export function eventCount(): u32 {
  return events;
}

/**
 * Adds the events of all lines that begin before `limit` in the `length` bytes of input; where `isMiddle`, the first byte
 * ends the piece before, and a line begins behind the first newline.
 *
 * @returns False where a line is not plainly a good event: then the file is to be read by others.
 */
export function scan(length: usize, limit: usize, isMiddle: bool): bool {
  const end = input + length;
  const last = input + limit;
  memory.fill(end, 0, SLACK);
  let at = input;
  if (isMiddle) {
    while (at < last && load<u8>(at) !== 0x0a) at++;
    at++;
  }
  while (at < last) {
    at = readLine(at, end);
    if (at === 0 || !takeEvent()) return false;
    events++;
  }
  return addWaiting();
}
