/** Rounds the decimal number in these bytes, as JSON writes it, to the nearest double. */
declare function roundDecimal(at: usize, length: u32): f64;

/** Ten to the powers that are doubles. */
const POWERS: usize = memory.data(23 * 8, 8);
/** Ten to the powers from 0 to 8. */
const WHOLE_POWERS: usize = memory.data<u64>([
  1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]);
const ZEROS: u64 = 0x3030303030303030;
const POINT: u8 = 0x2e;
const MOST_EXACT: u64 = 2 ** 53;

/** What was read of a number so far, modulo 2^64. */
let mantissa: u64 = 0;

/** Where the host puts the powers of ten from 0 to 22. */
export function powersOfTen(): usize {
  return POWERS;
}

/**
 * Reads a number as JSON has it. @returns Where it ends, or 0 where there is none, or one that no double can hold.
 */
export function readNumber(at: usize, to: usize): usize {
  const values = load<u64>(at) ^ ZEROS;
  const others = othersIn(values);
  const whole = <usize>ctz(others) >> 3;
  if (whole === 0 || (whole > 1 && (values & 0xff) === 0)) return readLong(at, to);
  if (isEnd(load<u8>(at + whole)) && whole < 8) {
    store<f64>(to, <f64>(<i64>eightDigits(values << (64 - ((<u64>whole) << 3)))));
    return at + whole;
  }
  const length = <usize>ctz(others & (others - 1)) >> 3;
  const places = length - whole - 1;
  if (
    length === 8 ||
    places === 0 ||
    load<u8>(at + whole) !== POINT ||
    !isEnd(load<u8>(at + length))
  ) {
    return readLong(at, to);
  }
  const before = ((<u64>1) << ((<u64>whole) << 3)) - 1;
  const digits = (values & before) | ((values >> 8) & ~before);
  const mantissa = <i64>eightDigits(digits << (72 - ((<u64>length) << 3)));
  store<f64>(to, <f64>mantissa / load<f64>(POWERS + (places << 3)));
  return at + length;
}

/** As {@link readNumber}, for any number. */
function readLong(at: usize, to: usize): usize {
  const start = at;
  const isNegative = load<u8>(at) === 0x2d;
  if (isNegative) at++;
  const first = at;
  at = readDigits(at, 0);
  let digits = <u32>(at - first);
  if (digits === 0 || (digits > 1 && load<u8>(first) === 0x30)) return 0;
  let places: u32 = 0;
  if (load<u8>(at) === POINT) {
    const fraction = ++at;
    at = readDigits(at, mantissa);
    places = <u32>(at - fraction);
    if (places === 0) return 0;
    digits += places;
  }
  const mark = load<u8>(at);
  if ((mark | 0x20) === 0x65) return readScaled(start, at + 1, to);
  // Both are doubles, so that the quotient is rounded once (Clinger, PLDI 1990).
  if (digits <= 19 && mantissa <= MOST_EXACT && places <= 22) {
    let value = <f64>(<i64>mantissa);
    if (places !== 0) value /= load<f64>(POWERS + ((<usize>places) << 3));
    store<f64>(to, isNegative ? -value : value);
    return at;
  }
  return rounded(start, at, to);
}

/** Digits from here on, eight at once, behind those in `sum`; see {@link mantissa}. @returns Where they end. */
function readDigits(at: usize, sum: u64): usize {
  let count: usize;
  do {
    const values = load<u64>(at) ^ ZEROS;
    count = <usize>ctz(othersIn(values)) >> 3;
    if (count === 0) break;
    sum =
      sum * load<u64>(WHOLE_POWERS + (count << 3)) +
      eightDigits(values << (64 - ((<u64>count) << 3)));
    at += count;
  } while (count === 8);
  mantissa = sum;
  return at;
}

/** What follows a number in a line. */
function isEnd(byte: u8): bool {
  return byte === 0x2c || byte === 0x7d;
}

/** The lowest bit tells the first byte that is no digit's value; those behind it may be carried into. */
function othersIn(values: u64): u64 {
  return (values | (values + 0x7676767676767676)) & 0x8080808080808080;
}

/** Of eight digits, the first in the lowest byte: neighbours are put together, then pairs, then fours. */
function eightDigits(digits: u64): u64 {
  const pairs = ((digits * (10 * 2 ** 8 + 1)) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * (100 * 2 ** 16 + 1)) >> 16) & 0x0000ffff0000ffff;
  return (fours * (10_000 * 2 ** 32 + 1)) >> 32;
}

/** A number with an exponent, whose digits begin behind `at` or its sign. */
function readScaled(start: usize, at: usize, to: usize): usize {
  const sign = load<u8>(at);
  if (sign === 0x2b || sign === 0x2d) at++;
  const first = at;
  at = readDigits(at, 0);
  return at === first ? 0 : rounded(start, at, to);
}

function rounded(start: usize, end: usize, to: usize): usize {
  const value = roundDecimal(start, <u32>(end - start));
  if (!(abs(value) <= f64.MAX_VALUE)) return 0;
  store<f64>(to, value);
  return end;
}

/** Reads a whole number of at most 4 digits, without zeros before it. @returns Where it ends, or 0. */
export function readWhole(at: usize, to: usize): usize {
  const start = at;
  at = readDigits(at, 0);
  const length = at - start;
  if (length === 0 || length > 4 || (length > 1 && load<u8>(start) === 0x30)) return 0;
  store<f64>(to, <f64>(<i64>mantissa));
  return at;
}
