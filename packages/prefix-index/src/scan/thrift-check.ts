/** Chosen: a footer is some levels deep. */
const MOST_DEPTH = 16;
const LENGTH_BYTES = 5;
const NUMBER_BYTES = 10;

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/**
 * Where a struct of Thrift's compact protocol ends that begins at `at`: whoever reads it makes no more of it than it has bytes,
 * while a list that only says to be long would take all memory.
 *
 * @throws RangeError where none ends within the view.
 */
export function structEnd(view: DataView, at: number, depth = 0): number {
  if (depth > MOST_DEPTH) throw new RangeError('a struct is nested too deep');
  let next = at;
  for (;;) {
    const head = view.getUint8(next++);
    const type = head & 15;
    if (type === STOP) return next;
    if (head < 16) next = numberEnd(view, next, LENGTH_BYTES);
    next = type === TRUE || type === FALSE ? next : valueEnd(view, next, type, depth);
  }
}

function valueEnd(view: DataView, at: number, type: number, depth: number): number {
  if (type >= I16 && type <= I64) return numberEnd(view, at, NUMBER_BYTES);
  switch (type) {
    case TRUE:
    case FALSE:
    case BYTE:
      return within(view, at + 1);
    case DOUBLE:
      return within(view, at + 8);
    case BINARY: {
      const end = numberEnd(view, at, LENGTH_BYTES);
      return within(view, end + lengthAt(view, at));
    }
    case LIST:
      return listEnd(view, at, depth);
    case STRUCT:
      return structEnd(view, at, depth + 1);
    default:
      throw new RangeError(`type ${type} is unknown`);
  }
}

function listEnd(view: DataView, at: number, depth: number): number {
  const head = view.getUint8(at);
  const isShort = head < 0xf0;
  const count = isShort ? head >> 4 : lengthAt(view, at + 1);
  let next = isShort ? at + 1 : numberEnd(view, at + 1, LENGTH_BYTES);
  if (depth === MOST_DEPTH) throw new RangeError('a list is nested too deep');
  for (let i = 0; i < count; i++) next = valueEnd(view, next, head & 15, depth + 1);
  return next;
}

function numberEnd(view: DataView, at: number, mostBytes: number): number {
  for (let next = at; next < at + mostBytes; ) if (view.getUint8(next++) < 128) return next;
  throw new RangeError('a number is too long');
}

function lengthAt(view: DataView, at: number): number {
  let length = 0;
  for (let i = 0; ; i++) {
    const byte = view.getUint8(at + i);
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return length;
  }
}

function within(view: DataView, end: number): number {
  if (end > view.byteLength) throw new RangeError('a value ends nowhere');
  return end;
}
