import { allocate, grown } from './memory';

/**
 * The names that other scanners sent, in their order, as the numbers that they have here. By scanner, words of 4 bytes: where they
 * stand, for how many bytes there is room, how many there are.
 */
const FIRST_BYTES: usize = 256;
const LIST_BYTES: usize = 12;
const LISTS: usize = memory.data(4 * 12, 4);
const ROOM: usize = 4;
const COUNT: usize = 8;

/** The next name of a scanner has this number here. */
export function addSenderName(scanner: u32, id: u32): void {
  const list = LISTS + <usize>scanner * LIST_BYTES;
  if (load<u32>(list, ROOM) === 0) {
    store<u32>(list, <u32>allocate(FIRST_BYTES));
    store<u32>(list, <u32>FIRST_BYTES, ROOM);
  }
  const filled = (<usize>load<u32>(list, COUNT)) << 2;
  if (filled === <usize>load<u32>(list, ROOM)) {
    store<u32>(list, <u32>grown(<usize>load<u32>(list), filled));
    store<u32>(list, (<u32>filled) << 1, ROOM);
  }
  store<u32>(<usize>load<u32>(list) + filled, id);
  store<u32>(list, load<u32>(list, COUNT) + 1, COUNT);
}

/** What the name that has this number in a scanner has here. */
export function idOfSenderName(scanner: u32, id: u32): u32 {
  const ids = <usize>load<u32>(LISTS + <usize>scanner * LIST_BYTES);
  return load<u32>(ids + ((<usize>id) << 2));
}
