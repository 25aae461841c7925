import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignPassages } from '../../src/near/align.ts';

const few = fc.array(fc.constantFrom(1, 2), { maxLength: 80 }).map((all) => Uint32Array.from(all));

/** `length` tokens that occur nowhere else. */
function passage(from: number, length: number): number[] {
  return Array.from({ length }, (_, i) => from * 1_000 + i);
}

describe('alignPassages', () => {
  it('finds what was moved, behind a prefix of three', () => {
    const a = Uint32Array.from([7, 7, 7, ...passage(1, 20), ...passage(2, 10), 5]);
    const b = Uint32Array.from([7, 7, 7, ...passage(2, 10), 6, 6, ...passage(1, 20)]);
    expect(alignPassages(a, b, { begin: 3, leastTokens: 8 })).toEqual([
      { atA: 3, atB: 15, tokens: 20 },
      { atA: 23, atB: 3, tokens: 10 },
    ]);
  });

  it('gives passages that are equal, long enough, in order, and disjoint in both texts', () => {
    fc.assert(
      fc.property(few, few, fc.nat(10), (a, b, cut) => {
        const begin = Math.min(cut, a.length, b.length);
        let end = begin;
        const taken = new Set<number>();
        for (const { atA, atB, tokens } of alignPassages(a, b, { begin, leastTokens: 8 })) {
          expect(tokens).toBeGreaterThanOrEqual(8);
          expect(atA).toBeGreaterThanOrEqual(end);
          expect(a.subarray(atA, atA + tokens)).toEqual(b.subarray(atB, atB + tokens));
          for (let i = atB; i < atB + tokens; i++) {
            expect(i >= begin && !taken.has(i)).toBe(true);
            taken.add(i);
          }
          end = atA + tokens;
        }
      }),
    );
  });

  it('sees the rest of a text agree again behind one replaced token, even where all repeats', () => {
    const rest = Array.from({ length: 500 }, (_, i) => i % 3);
    const a = Uint32Array.from([9, ...rest]);
    const b = Uint32Array.from([8, ...rest]);
    expect(alignPassages(a, b, { begin: 0, leastTokens: 8 })).toEqual([
      { atA: 1, atB: 1, tokens: 500 },
    ]);
  });
});
