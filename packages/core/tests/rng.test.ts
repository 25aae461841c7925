import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../src/index.ts';

describe('createRng', () => {
  it('gives the same stream for the same seed and another for another', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (seed) => {
        const draw = (from: number) => {
          const rng = createRng(from);
          return [rng.nextUint32(), rng.nextUint32(), rng.nextFloat()];
        };
        expect(draw(seed)).toEqual(draw(seed));
        expect(draw(seed)).not.toEqual(draw(seed + 1));
      }),
    );
  });

  it('fills ten equal bins evenly: chi-square under its 0.999 quantile (27.9, 9 degrees)', () => {
    const rng = createRng(7);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[rng.nextBelow(10)]++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });
});
