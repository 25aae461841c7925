import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createShareability,
  type Overlap,
  overlapOf as overlapOfMatch,
} from '../../src/anchors/shareability.ts';

function overlapOf(exactTokens: number, nearTokens: number): Overlap {
  return {
    exact: { blocks: exactTokens / 16, tokens: exactTokens, sizeBytes: exactTokens },
    nearTokens,
    promptTokens: 160,
  };
}

describe('overlapOf', () => {
  it('counts every near token once, and none of the exact prefix', () => {
    const passages = [
      [10, 40],
      [30, 50],
      [60, 70],
      [62, 65],
    ] as const;
    const match = {
      promptTokens: 100,
      exact: { blocks: 1, tokens: 16, sizeBytes: 16 },
      owners: [],
      ownerCount: 0,
      nearest: undefined,
      advisory: passages.map(([begin, end]) => ({
        kind: 'passage' as const,
        owner: { agent: 'a', context: 'c' },
        prompt: { begin, end, text: undefined },
        context: { begin, end, text: undefined },
        jaccard: 1,
        editTokens: 0,
        hammingBits: undefined,
      })),
    };
    expect(overlapOfMatch(match)).toMatchObject({ nearTokens: 34 + 10, promptTokens: 100 });
  });
});

describe('createShareability', () => {
  it('predicts the exact share, and nothing for nothing', () => {
    const shareability = createShareability();
    expect(shareability.predict(overlapOf(80, 64))).toBe(0.5);
    expect(shareability.predict({ ...overlapOf(0, 0), promptTokens: 0 })).toBeUndefined();
    expect(shareability.report()).toMatchObject({ outcomes: 0, meanError: undefined });
  });

  it('learns that near overlap is worth nothing where only exact prefixes are reused', () => {
    const shareability = createShareability();
    for (let at = 0; at < 50; at++) {
      const exact = 16 * (at % 5);
      shareability.measure(overlapOf(exact, 32), exact / 160);
    }
    expect(shareability.report()).toMatchObject({ nearWorth: 0, meanError: 0, bias: 0 });
  });

  it('finds the worth of near overlap where outcomes have one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (worth) => {
        const shareability = createShareability();
        for (let at = 0; at < 60; at++) {
          const overlap = overlapOf(16 * (at % 5), 16 * (at % 4));
          const share = (16 * (at % 5) + worth * 16 * (at % 4)) / 160;
          shareability.measure(overlap, share);
        }
        const { nearWorth, meanError, exactOnlyError } = shareability.report();
        expect(nearWorth).toBeCloseTo(worth, 6);
        expect(meanError!).toBeLessThanOrEqual(exactOnlyError! + 1e-12);
      }),
    );
  });

  it('refuses an outcome that is no share', () => {
    const shareability = createShareability();
    expect(() => shareability.measure(overlapOf(0, 0), 1.5)).toThrow('anchor.bad-outcome');
    expect(shareability.report().outcomes).toBe(0);
  });
});
