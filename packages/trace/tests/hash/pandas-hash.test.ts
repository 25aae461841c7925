import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashLikePandas, type KeyColumn } from '../../src/index.ts';

const SHARED = process.env.WAVETUNE_SHARED_DATA ?? '../shared/data';
const GOLDEN = `${SHARED}/golden/datajax/pandas_hash.json`;
const MASK = 2n ** 64n - 1n;

function hexOf(column: KeyColumn): string[] {
  const rows = column.type === 'integer' ? column.words.length / 2 : column.values.length;
  const out = new Uint32Array(2 * rows);
  hashLikePandas(column, out);
  return [...new BigUint64Array(out.buffer)].map((hash) => hash.toString(16).padStart(16, '0'));
}

/** The textbook form, in big integers. */
function finaliser(value: bigint): bigint {
  let x = value;
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return x ^ (x >> 31n);
}

describe('hashLikePandas', () => {
  it.skipIf(!existsSync(GOLDEN))(
    `gives pandas' own hashes (skipped where ${GOLDEN} is missing)`,
    () => {
      type Table = Readonly<Record<string, string>>;
      const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, Table>;
      const integers = BigInt64Array.from(Object.keys(golden.int64).map(BigInt));
      const floats = Float64Array.from(Object.keys(golden.float64).map(Number));
      expect(hexOf({ type: 'text', values: Object.keys(golden.str) })).toEqual(
        Object.values(golden.str),
      );
      expect(hexOf({ type: 'integer', words: new Uint32Array(integers.buffer) })).toEqual(
        Object.values(golden.int64),
      );
      expect(hexOf({ type: 'float', values: floats })).toEqual(Object.values(golden.float64));
    },
  );

  it('gives what pandas 3.1 printed for whole words, odd ends, a NUL and a missing text', () => {
    const values = ['12345678', '1234567', 'x'.repeat(17), 'a\0b', null];
    expect(hexOf({ type: 'text', values })).toEqual([
      '680963b7658eb422',
      '396631faf5fa5c12',
      '1a7f9a83afe544ef',
      '85208b62dfe18cce',
      'ffffffffffffffff',
    ]);
    expect(hexOf({ type: 'float', values: Float64Array.of(Number.NaN, -0) })).toEqual([
      '469bf2dcc1aa179b',
      '0000000000000000',
    ]);
  });

  it("equals SplitMix64's finaliser on every u64", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MASK }), (value) => {
        const words = new Uint32Array(BigUint64Array.of(value).buffer);
        expect(BigInt(`0x${hexOf({ type: 'integer', words })[0]}`)).toBe(finaliser(value));
      }),
    );
  });

  it('does not depend on the rows around a text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), (values) => {
        const alone = values.map((value) => hexOf({ type: 'text', values: [value] })[0]);
        expect(hexOf({ type: 'text', values })).toEqual(alone);
      }),
    );
  });

  it('gives all ones for a row without a value, of any type', () => {
    const isNull = (row: number): boolean => row === 1;
    expect(hexOf({ type: 'integer', words: new Uint32Array(4), isNull })[1]).toBe('f'.repeat(16));
    expect(hexOf({ type: 'float', values: new Float64Array(2), isNull })[1]).toBe('f'.repeat(16));
  });

  it('refuses an output that is too short', () => {
    expect(() => hashLikePandas({ type: 'text', values: ['a'] }, new Uint32Array(1))).toThrow(
      expect.objectContaining({ code: 'hash.short-output' }),
    );
  });
});
