import { DECIMAL, DOUBLE, FLOAT, INT32, INT64, TEXT, UINT32, UINT64 } from './column-kinds';
import { nameOf } from './names';

/** Whether these bytes are UTF-8; the host tells. */
declare function isUtf8(at: usize, length: u32): bool;

/** In place of an address. */
export const NOWHERE: usize = <usize>-1;

const HIGH_BITS: u64 = 0x8080808080808080;

let wide: bool = false;

/** Whether any text so far holds something else than ASCII. */
export function hasWideText(): bool {
  return wide;
}

/**
 * Reads `count` plain values that stand behind one another.
 *
 * @param to - A slot each.
 * @returns Where they end; {@link NOWHERE} where that is not before `end`, or one is of no use.
 */
export function readPlain(kind: u32, at: usize, end: usize, count: u32, to: usize): usize {
  if (kind <= DECIMAL) return readTexts(kind, at, end, count, to);
  const size: u64 = kind === DOUBLE || kind === INT64 || kind === UINT64 ? 8 : 4;
  if (<u64>count * size > <u64>(end - at)) return NOWHERE;
  switch (kind) {
    case DOUBLE:
      memory.copy(to, at, (<usize>count) << 3);
      break;
    case FLOAT:
      convert<f32>(at, count, to);
      break;
    case INT32:
      convert<i32>(at, count, to);
      break;
    case UINT32:
      convert<u32>(at, count, to);
      break;
    case INT64:
      convert<i64>(at, count, to);
      break;
    default:
      convert<u64>(at, count, to);
  }
  return at + <usize>(<u64>count * size);
}

function convert<T>(at: usize, count: u32, to: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(to + ((<usize>i) << 3), <f64>load<T>(at + <usize>i * sizeof<T>()));
  }
}

function readTexts(kind: u32, at: usize, end: usize, count: u32, to: usize): usize {
  for (let i: u32 = 0; i < count; i++) {
    if (end - at < 4) return NOWHERE;
    const length = load<u32>(at);
    at += 4;
    if (length === 0 || <usize>length > end - at) return NOWHERE;
    if (!takeText(kind, at, length, to + ((<usize>i) << 3))) return NOWHERE;
    at += <usize>length;
  }
  return at;
}

function takeText(kind: u32, at: usize, length: u32, to: usize): bool {
  if (kind === DECIMAL) return readDecimal(at, length, to);
  if (hasHighBit(at, length)) {
    wide = true;
    if (!isUtf8(at, length)) return false;
  }
  if (kind === TEXT) {
    store<u32>(to, <u32>at);
    store<u32>(to, length, 4);
  } else {
    store<u64>(to, <u64>nameOf(at, length));
  }
  return true;
}

function readDecimal(at: usize, length: u32, to: usize): bool {
  if (length > 4 || (length > 1 && load<u8>(at) === 0x30)) return false;
  let value: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30;
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  store<f64>(to, <f64>value);
  return true;
}

function hasHighBit(at: usize, length: u32): bool {
  let left = length;
  let bits: u64 = 0;
  while (left >= 8) {
    bits |= load<u64>(at);
    at += 8;
    left -= 8;
  }
  if (left > 0) bits |= load<u64>(at) & (((<u64>1) << (left << 3)) - 1);
  return (bits & HIGH_BITS) !== 0;
}
