import { copyWords } from './bytes';
import {
  EVENT_BYTES,
  MODEL_ID,
  NO_ID,
  PARENT_AT,
  PARENT_LENGTH,
  PREFIX_AT,
  PREFIX_LENGTH,
  sentSize,
  TENANT_ID,
} from './event-record';
import { allocate, grown, SLACK } from './memory';
import { nameAt, nameLength } from './names';

/** Scanners that share a file each hold the rows of some prefixes: what one reads of another's it sends there. */
const MOST_SCANNERS: u32 = 4;
const FIRST_BYTES: usize = 2 ** 20;

/** By scanner, words of 4 bytes: where what it gets stands, for how many bytes there is room, how many there are, names that it has. */
const BOX_BYTES: usize = 16;
const BOXES: usize = memory.data(4 * 16, 4);
const ROOM: usize = 4;
const FILLED: usize = 8;
const NAMES_SENT: usize = 12;

let scanners: u32 = 1;
let own: u32 = 0;

/** @param count - At most {@link MOST_SCANNERS}. */
export function setShare(count: u32, number: u32): void {
  if (count > MOST_SCANNERS) unreachable();
  scanners = count;
  own = number;
}

/** Whether this scanner holds the rows of a prefix with this hash. */
export function isOwn(prefixHash: u64): bool {
  return scanners === 1 || scannerOf(prefixHash) === own;
}

function scannerOf(prefixHash: u64): u32 {
  return <u32>(((prefixHash >> 32) * scanners) >> 32);
}

/** Puts an event behind those that its scanner gets, and names of its before it that this one does not have. */
export function send(record: usize, prefixHash: u64): void {
  const box = BOXES + <usize>scannerOf(prefixHash) * BOX_BYTES;
  const names = max(load<u32>(record, TENANT_ID), load<u32>(record, MODEL_ID)) + 1;
  for (let id = load<u32>(box, NAMES_SENT); id < names; id++) sendName(box, id);
  const prefixLength = <usize>load<u32>(record, PREFIX_LENGTH);
  const parentLength = <usize>load<u32>(record, PARENT_LENGTH);
  const to = roomIn(box, prefixLength + parentLength);
  copyWords(to, record, EVENT_BYTES);
  copyWords(to + EVENT_BYTES, <usize>load<u32>(record, PREFIX_AT), prefixLength);
  copyWords(to + EVENT_BYTES + prefixLength, <usize>load<u32>(record, PARENT_AT), parentLength);
}

/** The next name, as an event that has this prefix, and nothing else. */
function sendName(box: usize, id: u32): void {
  const length = nameLength(id);
  const to = roomIn(box, length);
  store<u32>(to, length, PREFIX_LENGTH);
  store<u32>(to, 0, PARENT_LENGTH);
  store<u32>(to, NO_ID, TENANT_ID);
  copyWords(to + EVENT_BYTES, nameAt(id), length);
  store<u32>(box, id + 1, NAMES_SENT);
}

/** @returns Where a record with so many bytes of texts goes; up to 16 behind them may be written too. */
function roomIn(box: usize, textBytes: usize): usize {
  const bytes = sentSize(textBytes);
  const filled = <usize>load<u32>(box, FILLED);
  if (load<u32>(box, ROOM) === 0) {
    store<u32>(box, <u32>allocate(FIRST_BYTES));
    store<u32>(box, <u32>FIRST_BYTES, ROOM);
  }
  while (filled + bytes + SLACK > <usize>load<u32>(box, ROOM)) {
    store<u32>(box, <u32>grown(<usize>load<u32>(box), <usize>load<u32>(box, ROOM)));
    store<u32>(box, load<u32>(box, ROOM) << 1, ROOM);
  }
  store<u32>(box, <u32>(filled + bytes), FILLED);
  return <usize>load<u32>(box) + filled;
}

/** Where the host finds what a scanner gets. */
export function sentAt(scanner: u32): usize {
  return <usize>load<u32>(BOXES + <usize>scanner * BOX_BYTES);
}

export function sentBytes(scanner: u32): usize {
  return <usize>load<u32>(BOXES + <usize>scanner * BOX_BYTES, FILLED);
}

/** The host has taken it. */
export function clearSent(scanner: u32): void {
  store<u32>(BOXES + <usize>scanner * BOX_BYTES, 0, FILLED);
}
