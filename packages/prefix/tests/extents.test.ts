import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalesceExtents, coalesceRanges } from '../src/index.ts';

const pagesOf = (ranges: readonly (readonly [number, number])[]) =>
  new Set(
    ranges.flatMap(([start, end]) => Array.from({ length: end - start + 1 }, (_, i) => start + i)),
  );

describe('coalesceRanges', () => {
  it('compares with the highest end so far, not with the range before', () => {
    expect(coalesceRanges([0, 2, 5, 50], [100, 3, 6, 60])).toEqual([{ startPage: 0, pages: 101 }]);
  });

  it('covers exactly the touched pages, with no two extents adjacent', () => {
    const ranges = fc
      .array(fc.tuple(fc.nat(60), fc.nat(8)), { maxLength: 20 })
      .map((all) => all.map(([a, n]) => [a, a + n] as const).sort((x, y) => x[0] - y[0]));
    fc.assert(
      fc.property(ranges, (sorted) => {
        const extents = coalesceRanges(
          sorted.map(([start]) => start),
          sorted.map(([, end]) => end),
        );
        const covered = pagesOf(
          extents.map(({ startPage, pages }) => [startPage, startPage + pages - 1]),
        );
        expect(covered).toEqual(pagesOf(sorted));
        extents.slice(1).forEach(({ startPage }, i) => {
          expect(startPage).toBeGreaterThan(extents[i].startPage + extents[i].pages);
        });
      }),
    );
  });

  it.each([
    ['extent.backward-range', [5], [4]],
    ['extent.unsorted-pages', [5, 4], [5, 9]],
    ['extent.unequal-columns', [1, 2], [3]],
    ['extent.unsafe-page', [0], [2 ** 53]],
    ['extent.unsafe-page', [-1], [2]],
    ['extent.unsafe-page', [0.5], [2]],
    ['extent.unsafe-page', [Number.NaN], [2]],
  ])('refuses with %s', (code, starts, ends) => {
    expect(() => coalesceRanges(starts, ends)).toThrow(code);
  });
});

describe('coalesceExtents', () => {
  it('joins neighbours and duplicates and keeps holes', () => {
    expect(coalesceExtents(Uint32Array.of(3, 4, 4, 5, 7, 9, 10))).toEqual([
      { startPage: 3, pages: 3 },
      { startPage: 7, pages: 1 },
      { startPage: 9, pages: 2 },
    ]);
    expect(coalesceExtents([])).toEqual([]);
  });

  it('names the first descent', () => {
    expect(() => coalesceExtents([1, 5, 3])).toThrow(
      'extent.unsorted-pages: page 3 at index 2 comes after page 5',
    );
  });
});
