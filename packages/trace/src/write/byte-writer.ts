/** ASCII text in the making: numbers are written digit by digit, without a string each. */
export interface ByteWriter {
  readonly length: number;
  /** Makes room for so many bytes more; every write needs room. */
  reserve(bytes: number): void;
  ascii(text: string): void;
  /** A safe integer from 0. */
  integer(value: number): void;
  /** A u64 as two words. */
  u64(lo: number, hi: number): void;
  /** A copy of what was written since the last time. */
  take(): Uint8Array;
}

/** Digits of the largest u64. */
export const U64_DIGITS = 20;

const LOW_DIGITS = 6;
const LOW_MODULUS = 10 ** LOW_DIGITS;
const ZERO = 0x30;

export function createByteWriter(): ByteWriter {
  let bytes = new Uint8Array(1 << 18);
  let length = 0;
  const digits = new Uint8Array(U64_DIGITS);

  const integer = (value: number): void => {
    let rest = value;
    let at = U64_DIGITS;
    while (rest > 0xffff_ffff) {
      const tenth = Math.floor(rest / 10);
      digits[--at] = ZERO + (rest - 10 * tenth);
      rest = tenth;
    }
    let low = rest >>> 0;
    do {
      const tenth = Math.floor(low / 10);
      digits[--at] = ZERO + (low - 10 * tenth);
      low = tenth;
    } while (low > 0);
    while (at < U64_DIGITS) bytes[length++] = digits[at++];
  };

  return {
    get length() {
      return length;
    },
    reserve(needed) {
      if (length + needed <= bytes.length) return;
      const grown = new Uint8Array(2 * (length + needed));
      grown.set(bytes.subarray(0, length));
      bytes = grown;
    },
    ascii(text) {
      for (let i = 0; i < text.length; i++) bytes[length++] = text.charCodeAt(i);
    },
    integer,
    u64(lo, hi) {
      const remainder = (hi % LOW_MODULUS) * 2 ** 32 + lo;
      const high = Math.floor(hi / LOW_MODULUS) * 2 ** 32 + Math.floor(remainder / LOW_MODULUS);
      let low = remainder % LOW_MODULUS;
      if (high === 0) {
        integer(low);
        return;
      }
      integer(high);
      for (let at = length + LOW_DIGITS - 1; at >= length; at--) {
        const tenth = Math.floor(low / 10);
        bytes[at] = ZERO + (low - 10 * tenth);
        low = tenth;
      }
      length += LOW_DIGITS;
    },
    take() {
      const taken = bytes.slice(0, length);
      length = 0;
      return taken;
    },
  };
}
