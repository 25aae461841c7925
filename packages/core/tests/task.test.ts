import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRange } from '../src/index.ts';

describe('splitRange', () => {
  it('cuts 10 into 4 as evenly as it goes', () => {
    expect(splitRange({ begin: 0, end: 10 }, 4).map(({ begin, end }) => end - begin)).toEqual([
      2, 3, 2, 3,
    ]);
  });

  it('covers the range in order without gaps, in at most so many parts', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 64 }),
        (begin, length, parts) => {
          const ranges = splitRange({ begin, end: begin + length }, parts);
          expect(ranges.length).toBeLessThanOrEqual(parts);
          expect(ranges[0].begin).toBe(begin);
          expect(ranges.at(-1)?.end).toBe(begin + length);
          for (let i = 1; i < ranges.length; i++) expect(ranges[i].begin).toBe(ranges[i - 1].end);
        },
      ),
    );
  });
});
