import { shapeOf } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lruCurve, payingBlocks, replayTiers, type Tier } from '../src/index.ts';
import { arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf } from './columns-of.ts';
import { lruModel } from './lru-model.ts';

const tier = (name: string, capacityBlocks: number, bytesPerSecond = 100): Tier => ({
  name,
  capacityBlocks,
  bytesPerSecond,
  latencySeconds: 0.5,
});
const device: Tier = {
  ...tier('device', 2, Number.POSITIVE_INFINITY),
  latencySeconds: 0,
};

describe('replayTiers', () => {
  it('loads from the tier a block fell to, and pays for it', () => {
    const columns = columnsOf([{ ids: [1, 2] }, { ids: [3] }, { ids: [1, 2] }]);
    const { tiers, savedSeconds, prefillSeconds } = replayTiers(columns, {
      tiers: [device, tier('host', 2)],
      holding: 'exclusive',
      bytesPerToken: 10,
      prefillSecondsPerToken: 2,
      measured: { begin: 0, end: 3 },
    });
    expect(tiers.map(({ hitBlocks }) => hitBlocks)).toEqual([1, 1]);
    expect(tiers[1]).toMatchObject({ loadedBytes: 10, writtenBytes: 20, loadSeconds: 0.6 });
    expect(savedSeconds).toBeCloseTo(2 * 2 - 0.6, 12);
    expect(prefillSeconds).toBe(6);
  });

  it('exclusive tiers together hit what one cache of their sum hits', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.nat(5), fc.nat(5), fc.nat(5), (columns, a, b, c) => {
        const measured = { begin: 0, end: shapeOf(columns).requests };
        const { hitTokens } = replayTiers(columns, {
          tiers: [tier('a', a), tier('b', b), tier('c', c)],
          holding: 'exclusive',
          bytesPerToken: 1,
          prefillSecondsPerToken: 1,
          measured,
        });
        const curve = lruCurve(columns, measured).hitTokens;
        expect(hitTokens).toBe(curve[Math.min(a + b + c, curve.length - 1)]);
      }),
    );
  });

  it('an inclusive tier adds what its own size hits beyond those above it', () => {
    fc.assert(
      fc.property(
        arbitraryTrace,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (columns, a, b) => {
          const { tiers } = replayTiers(columns, {
            tiers: [tier('a', a), tier('b', b)],
            holding: 'inclusive',
            bytesPerToken: 1,
            prefillSecondsPerToken: 1,
            measured: { begin: 0, end: shapeOf(columns).requests },
          });
          const hits = (capacity: number) => lruModel(columns, capacity).reduce((x, y) => x + y, 0);
          expect(tiers[0].hitBlocks).toBe(hits(a));
          expect(tiers[1].hitBlocks).toBe(hits(Math.max(a, b)) - hits(a));
        },
      ),
    );
  });
});

describe('payingBlocks', () => {
  const curve = { hitBlocks: new Float64Array(5), hitTokens: Float64Array.of(0, 10, 10, 28, 29) };
  const at = (leastSecondsPerGib: number) =>
    payingBlocks(curve, {
      aboveBlocks: 0,
      blockBytes: 2 ** 30,
      savedSecondsPerToken: 1,
      leastSecondsPerGib,
    });

  it('looks past a step that does not pay to one that makes up for it', () => {
    expect([at(20), at(10), at(9), at(1), at(0.5)]).toEqual([0, 1, 3, 4, 4]);
  });

  it('is nothing where loading is slower than computing', () => {
    expect(
      payingBlocks(curve, {
        aboveBlocks: 0,
        blockBytes: 1,
        savedSecondsPerToken: -1,
        leastSecondsPerGib: 0,
      }),
    ).toBe(0);
  });
});
