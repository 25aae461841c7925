import { call, cast, col, type Expr, F64, lit, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateExpr } from '../src/estimate-expr.ts';

const columns = new Map([
  ['price', { bytes: 8, min: -1, max: 100 }],
  ['qty', { bytes: 8, min: 1, max: 20, distincts: 20 }],
  ['tag', { bytes: 4, distincts: 7 }],
]);
const [price, qty] = [col('price'), cast(col('qty'), F64)];

describe('estimateExpr', () => {
  it.each<[string, Expr, object]>([
    ['a column', col('qty'), { bytes: 8, min: 1, max: 20, distincts: 20 }],
    ['a product', call('mul', price, qty), { min: -20, max: 2000 }],
    ['a difference', call('sub', qty, lit(1)), { min: 0, max: 19, distincts: 20 }],
    ['a remainder', call('mod', col('qty'), lit(4n)), { min: 0, max: 4, distincts: 4 }],
    ['a text of a number', cast(col('qty'), TEXT), { distincts: 20 }],
    ['a text of a text', call('lower', col('tag')), { distincts: 7 }],
    ['a division', call('div', price, qty), {}],
    ['an unknown column', col('other'), {}],
  ])('knows of %s what its operands leave', (_, expr, known) => {
    expect(estimateExpr(expr, columns)).toEqual(known);
  });

  it('holds every value of the operands within the range', () => {
    const range = fc.tuple(fc.integer(), fc.integer()).map(([a, b]) => ({
      min: Math.min(a, b),
      max: Math.max(a, b),
    }));
    const operations = {
      add: (l: number, r: number) => l + r,
      sub: (l: number, r: number) => l - r,
      mul: (l: number, r: number) => l * r,
      mod: (l: number, r: number) => (r === 0 ? 0 : l % r),
    };
    const fns = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[]));
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fns, range, range, share, share, (fn, left, right, a, b) => {
        const of = new Map([
          ['l', { bytes: 8, ...left }],
          ['r', { bytes: 8, ...right }],
        ]);
        const l = Math.round(left.min + a * (left.max - left.min));
        const r = Math.round(right.min + b * (right.max - right.min));
        const { min = 0, max = 0 } = estimateExpr(call(fn, col('l'), col('r')), of);
        expect(operations[fn](l, r)).toBeGreaterThanOrEqual(min);
        expect(operations[fn](l, r)).toBeLessThanOrEqual(max);
      }),
    );
  });
});
