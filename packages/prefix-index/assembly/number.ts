/** Rounds the decimal number in these bytes, as JSON writes it, to the nearest double. */
declare function roundDecimal(at: usize, length: u32): f64;

/** Ten to the powers that are doubles. */
const POWERS: usize = memory.data(23 * 8, 8);
const MOST_EXACT: u64 = 2 ** 53;

/** Where the host puts the powers of ten from 0 to 22. */
export function powersOfTen(): usize {
  return POWERS;
}

function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

/**
 * Reads a number as JSON has it. @returns Where it ends, or 0 where there is none, or one that no double can hold.
 */
export function readNumber(at: usize, to: usize): usize {
  const start = at;
  const isNegative = load<u8>(at) === 0x2d;
  if (isNegative) at++;
  const first = at;
  let mantissa: u64 = 0;
  let next = digit(at);
  while (next <= 9) {
    mantissa = mantissa * 10 + next;
    next = digit(++at);
  }
  let digits = <u32>(at - first);
  if (digits === 0 || (digits > 1 && load<u8>(first) === 0x30)) return 0;
  let places: u32 = 0;
  if (load<u8>(at) === 0x2e) {
    const point = at++;
    next = digit(at);
    while (next <= 9) {
      mantissa = mantissa * 10 + next;
      next = digit(++at);
    }
    places = <u32>(at - point - 1);
    if (places === 0) return 0;
    digits += places;
  }
  const mark = load<u8>(at);
  if (mark === 0x65 || mark === 0x45) return readScaled(start, at + 1, to);
  // Both are doubles, so that the quotient is rounded once (Clinger, PLDI 1990).
  if (digits <= 19 && mantissa <= MOST_EXACT && places <= 22) {
    const value = <f64>mantissa / load<f64>(POWERS + ((<usize>places) << 3));
    store<f64>(to, isNegative ? -value : value);
    return at;
  }
  return rounded(start, at, to);
}

/** A number with an exponent, whose digits begin behind `at` or its sign. */
function readScaled(start: usize, at: usize, to: usize): usize {
  const sign = load<u8>(at);
  if (sign === 0x2b || sign === 0x2d) at++;
  if (digit(at) > 9) return 0;
  while (digit(at) <= 9) at++;
  return rounded(start, at, to);
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
  let value: u32 = 0;
  while (digit(at) <= 9 && at - start < 5) value = value * 10 + digit(at++);
  const length = at - start;
  if (length === 0 || length === 5 || (length > 1 && load<u8>(start) === 0x30)) return 0;
  store<f64>(to, <f64>value);
  return at;
}
