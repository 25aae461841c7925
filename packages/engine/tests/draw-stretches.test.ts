import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawStretches, type Stretch } from '../src/draw-stretches.ts';

const lengths = fc.array(fc.nat({ max: 500 }), { maxLength: 30 });

function groupsOf(rows: readonly number[]): readonly Stretch[] {
  let begin = 0;
  return rows.map((n) => {
    begin += n;
    return { file: 0, begin: begin - n, rows: n };
  });
}

describe('drawStretches', () => {
  it('takes one of each row group before a second of any', () => {
    const groups = groupsOf([100, 100, 100]);
    const drawn = drawStretches(groups, { rows: 40, parts: 4, rng: createRng(7) });
    expect(drawn.map(({ rows }) => rows)).toEqual([10, 10, 10, 10]);
    const touched = groups.map(
      ({ begin }) => drawn.filter((s) => Math.floor(s.begin / 100) === begin / 100).length,
    );
    expect(touched.toSorted()).toEqual([1, 1, 2]);
  });

  it('draws stretches that do not overlap, lie within their groups and hold no more than was asked for', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2000 }), fc.nat(), (sizes, rows, seed) => {
        const groups = groupsOf(sizes);
        const drawn = drawStretches(groups, { rows, parts: 16, rng: createRng(seed) });
        expect(drawn.length).toBeLessThanOrEqual(16);
        let end = 0;
        for (const stretch of drawn) {
          expect(stretch.rows).toBeGreaterThan(0);
          expect(stretch.begin).toBeGreaterThanOrEqual(end);
          end = stretch.begin + stretch.rows;
          expect(groups.some((g) => g.begin <= stretch.begin && end <= g.begin + g.rows)).toBe(
            true,
          );
        }
        const total = drawn.reduce((sum, stretch) => sum + stretch.rows, 0);
        expect(total).toBeLessThanOrEqual(Math.max(rows, 16));
      }),
    );
  });

  it('draws single rows of a file of 10^12 as fast as of a small one', () => {
    const drawn = drawStretches(groupsOf([1e12]), { rows: 1, parts: 16, rng: createRng(3) });
    expect(new Set(drawn.map(({ begin }) => begin)).size).toBe(16);
  });

  it('takes all of a group whose pieces are as many as were asked for', () => {
    const drawn = drawStretches(groupsOf([160]), { rows: 160, parts: 16, rng: createRng(3) });
    expect(drawn.map(({ begin }) => begin)).toEqual(Array.from({ length: 16 }, (_, i) => 10 * i));
  });

  it('draws the same by the same seed', () => {
    const draw = (seed: number) =>
      drawStretches(groupsOf([1000]), { rows: 160, parts: 16, rng: createRng(seed) });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
  });
});
