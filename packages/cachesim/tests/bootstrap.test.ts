import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapDifference } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';

const requests = 400;
const columns = columnsOf(
  Array.from({ length: requests }, (_, r) => ({ ids: [r], inputTokens: 10, session: r % 40 })),
  16,
);
const measured = { begin: 0, end: requests };
const noisy = (seed: number, gain: number) => {
  const rng = createRng(seed);
  return Float64Array.from({ length: requests }, () => gain + 6 * rng.nextFloat());
};

describe('bootstrapDifference', () => {
  it('is the plain difference, with no width where every request gains alike', () => {
    const theirs = noisy(1, 0);
    const result = bootstrapDifference(
      columns,
      theirs.map((tokens) => tokens + 2),
      theirs,
      {
        measured,
        by: { kind: 'requests', count: 10 },
        seed: 1,
      },
    );
    expect(result).toMatchObject({ groups: 40, replicates: 2000 });
    expect(result.difference).toBeCloseTo(0.2, 12);
    expect(result.high - result.low).toBeLessThan(1e-12);
  });

  it('has the standard error of independent groups, and the same for one seed', () => {
    const options = { measured, by: { kind: 'sessions' }, seed: 4 } as const;
    const result = bootstrapDifference(columns, noisy(2, 1), noisy(3, 0), options);
    const expected = Math.sqrt((2 * 36) / 12 / requests) / 10;
    expect(result.standardError / expected).toBeGreaterThan(0.6);
    expect(result.standardError / expected).toBeLessThan(1.5);
    expect(bootstrapDifference(columns, noisy(2, 1), noisy(3, 0), options)).toEqual(result);
  });

  it('turns around with its sides', () => {
    fc.assert(
      fc.property(fc.nat(99), (seed) => {
        const options = {
          measured,
          by: { kind: 'requests', count: 7 },
          seed,
          replicates: 50,
        } as const;
        const there = bootstrapDifference(columns, noisy(5, 0), noisy(6, 0), options);
        const back = bootstrapDifference(columns, noisy(6, 0), noisy(5, 0), options);
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.low).toBeCloseTo(-there.high, 12);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a window that is one group', () => {
    expect(() =>
      bootstrapDifference(columns, noisy(1, 0), noisy(2, 0), {
        measured,
        by: { kind: 'requests', count: 1000 },
        seed: 1,
      }),
    ).toThrow('cachesim.too-few-groups');
  });
});
