import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalJsonParts } from '../src/index.ts';

describe('canonicalJson', () => {
  it('sorts keys, drops undefined, and keeps lists of numbers on one line', () => {
    const value = { b: [1, 2, 3], a: { d: undefined, c: -0 }, waves: [{ bm: 1 }] };
    expect(canonicalJson(value)).toBe('{"a":{"c":0},"b":[1,2,3],"waves":[{"bm":1}]}');
    expect(canonicalJson(value, 2)).toBe(
      '{\n  "a": {\n    "c": 0\n  },\n  "b": [1,2,3],\n  "waves": [\n    {\n      "bm": 1\n    }\n  ]\n}\n',
    );
  });

  it('means the same value as JSON does, whatever the layout and the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = canonicalJson(value, indent);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect([...canonicalJsonParts(value, indent)].join('')).toBe(text);
      }),
    );
  });

  it('gives typed arrays as lists', () => {
    expect(canonicalJson({ a: Int32Array.of(-1, 7) })).toBe('{"a":[-1,7]}');
  });

  it('keeps every digit of a bigint', () => {
    expect(canonicalJson([2n ** 64n - 1n, -(2n ** 63n)])).toBe(
      '[18446744073709551615,-9223372036854775808]',
    );
  });

  it.each([
    [{ a: [Number.NaN] }, '$.a[0]'],
    [{ a: { b: Number.POSITIVE_INFINITY } }, '$.a.b'],
    [{ a: new Map() }, '$.a'],
    [[() => 1], '$[0]'],
  ])('refuses %j, naming the place', (value, path) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({
        code: 'core.not-canonical',
        details: expect.objectContaining({ path }),
      }),
    );
  });
});
