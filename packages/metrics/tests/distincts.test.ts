import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DistinctSample, scaledDistincts } from '../src/index.ts';

/** Rows of a sample, and some or all of them distinct. */
const samples: fc.Arbitrary<DistinctSample> = fc
  .tuple(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat())
  .map(([rows, share, draw]) => {
    const distincts = Math.max(1, Math.round(share * rows));
    const most = distincts === rows ? rows : Math.max(0, 2 * distincts - rows);
    return { rows, distincts, singletons: Math.min(distincts, most + (draw % (distincts + 1))) };
  });

/** What a sample of `rows` of these draws shows. */
function sampleOf(draws: readonly number[], rows: number): DistinctSample {
  const counts = new Map<number, number>();
  for (const value of draws.slice(0, rows)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const singletons = [...counts.values()].filter((n) => n === 1).length;
  return { rows, distincts: counts.size, singletons };
}

describe('scaledDistincts', () => {
  it('gives what was seen at the rows that were seen, and never falls as rows grow', () => {
    fc.assert(
      fc.property(samples, fc.nat({ max: 50_000 }), fc.nat({ max: 50_000 }), (sample, a, b) => {
        expect(scaledDistincts(sample, sample.rows)).toBeCloseTo(sample.distincts, 3);
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        const [low, high] = [scaledDistincts(sample, few), scaledDistincts(sample, many)];
        expect(low).toBeLessThanOrEqual(high * (1 + 1e-6));
        expect(high).toBeLessThanOrEqual(many);
      }),
    );
  });

  it('lies between the fewest and the most', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 100 }), (sample, growth) => {
        const rows = sample.rows * growth;
        const expected = scaledDistincts(sample, rows);
        expect(scaledDistincts(sample, rows, 'fewest')).toBeLessThanOrEqual(expected * (1 + 1e-6));
        expect(scaledDistincts(sample, rows, 'most')).toBeGreaterThanOrEqual(expected);
      }),
    );
  });

  it('finds how many equally likely values there are', () => {
    const rng = createRng(1);
    const draws = Array.from({ length: 2000 }, () => rng.nextBelow(5000));
    expect(scaledDistincts(sampleOf(draws, 2000), 200_000)).toBeGreaterThan(4500);
    expect(scaledDistincts(sampleOf(draws, 2000), 200_000)).toBeLessThan(5500);
  });

  it('stays within twice the truth on a skewed column, which equal likelihood would miss by more', () => {
    const rng = createRng(2);
    const draws = Array.from({ length: 100_000 }, () => Math.floor(10_000 ** rng.nextFloat()));
    const truth = new Set(draws).size;
    const { singletons: _, ...sample } = sampleOf(draws, 2000);
    expect(truth / scaledDistincts(sample, 100_000)).toBeGreaterThan(2);
    const scaled = scaledDistincts(sampleOf(draws, 2000), 100_000);
    expect(Math.max(truth / scaled, scaled / truth)).toBeLessThan(2);
  });

  it('lets values grow with the rows where stretches share none', () => {
    const sorted = { rows: 1600, distincts: 160, singletons: 0, partDistincts: 160 };
    expect(scaledDistincts(sorted, 16_000)).toBe(1600);
    expect(scaledDistincts({ ...sorted, partDistincts: 16 * 160 }, 16_000)).toBeCloseTo(160, 1);
  });
});
