import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, jaccardOfPairs } from '../../src/near/compare-blocks.ts';

const tokens = fc.array(fc.nat(3), { maxLength: 7 });
const of = (all: readonly number[]) => Uint32Array.from(all);

/** Levenshtein's recursion as it is defined. */
function editsByDefinition(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return Math.max(a.length, b.length);
  if (a[0] === b[0]) return editsByDefinition(a.slice(1), b.slice(1));
  return (
    1 +
    Math.min(
      editsByDefinition(a.slice(1), b),
      editsByDefinition(a, b.slice(1)),
      editsByDefinition(a.slice(1), b.slice(1)),
    )
  );
}

describe('editDistance', () => {
  it('is what its definition says', () => {
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        expect(editDistance(of(a), of(b))).toBe(editsByDefinition(a, b));
      }),
    );
  });
});

describe('jaccardOfPairs', () => {
  it('counts shared pairs over all pairs', () => {
    expect(jaccardOfPairs(of([1, 2, 3]), of([1, 2, 4]))).toBe(1 / 3);
    expect(jaccardOfPairs(of([1, 1, 1]), of([1, 1]))).toBe(1 / 2);
    expect(jaccardOfPairs(of([5]), of([5]))).toBe(1);
    expect(jaccardOfPairs(of([]), of([]))).toBe(1);
  });

  it('is symmetric, and 1 for a text and itself', () => {
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        expect(jaccardOfPairs(of(a), of(b))).toBe(jaccardOfPairs(of(b), of(a)));
        expect(jaccardOfPairs(of(a), of(a))).toBe(1);
      }),
    );
  });
});
