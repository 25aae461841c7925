import { createRng, shapeOf } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lruCurve, miniSimulate, replay, sampledLruCurve } from '../src/index.ts';
import { selectRequests } from '../src/sampling/select-requests.ts';
import { createUnitShelf } from '../src/sampling/unit-shelf.ts';
import { arbitraryLooseTrace, arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf } from './columns-of.ts';

describe('sampledLruCurve', () => {
  it('is exact for loose blocks when everything is sampled', () => {
    fc.assert(
      fc.property(arbitraryLooseTrace, (columns) => {
        const measured = { begin: 0, end: shapeOf(columns).requests };
        const sample = { kind: 'rate', rate: 1 } as const;
        const { curve } = sampledLruCurve(columns, { measured, sample, seed: 1 });
        expect(curve).toEqual(lruCurve(columns, measured));
      }),
    );
  });

  it('lies within three points of exact on skewed traffic, at a fixed rate and a fixed size', () => {
    const rng = createRng(3);
    const ids = Array.from({ length: 100_000 }, () => Math.floor(20_000 * rng.nextFloat() ** 2));
    const columns = columnsOf(ids.map((id) => ({ ids: [id], namespace: id })));
    const measured = { begin: 50_000, end: 100_000 };
    const exact = lruCurve(columns, measured).hitBlocks;
    for (const sample of [
      { kind: 'rate', rate: 0.1 },
      { kind: 'blocks', count: 1500 },
    ] as const) {
      const { curve, rate } = sampledLruCurve(columns, { measured, sample, seed: 5 });
      expect(rate).toBeLessThan(0.2);
      for (let c = 1000; c < exact.length; c += 1000) {
        expect(Math.abs(curve.hitBlocks[c] - exact[c]) / 50_000).toBeLessThan(0.03);
      }
    }
  });

  it('refuses a rate of nothing and a sample of no block', () => {
    const columns = columnsOf([{ ids: [1] }]);
    const sampled = (sample: Parameters<typeof sampledLruCurve>[1]['sample']) => () =>
      sampledLruCurve(columns, { measured: { begin: 0, end: 1 }, sample, seed: 1 });
    expect(sampled({ kind: 'rate', rate: 0 })).toThrow('cachesim.bad-sampling');
    expect(sampled({ kind: 'blocks', count: 0 })).toThrow('cachesim.bad-sampling');
  });
});

describe('miniSimulate', () => {
  it('is the simulation itself when everything is sampled', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 9 }), (columns, capacityBlocks) => {
        const { requests } = shapeOf(columns);
        const { hitRatio } = miniSimulate(columns, {
          measured: { begin: 0, end: requests },
          rate: 1,
          seed: 1,
          capacityBlocks,
          simulate: (sample, run) => replay(sample, { policy: 'fifo', ...run }),
        });
        const whole = replay(columns, { policy: 'fifo', capacityBlocks });
        expect(hitRatio).toBe(whole.hitTokens / whole.inputTokens);
      }),
    );
  });
});

describe('selectRequests', () => {
  it('keeps chains, with ids dense by first appearance', () => {
    const columns = columnsOf([{ ids: [1, 2] }, { ids: [3, 4] }, { ids: [1, 5] }]);
    const { blocks, parents } = selectRequests(columns, Uint32Array.of(1, 2));
    expect(Array.from(blocks)).toEqual([0, 1, 2, 3]);
    expect(Array.from(parents)).toEqual([0xffff_ffff, 0, 0xffff_ffff, 2]);
  });
});

describe('createUnitShelf', () => {
  it('gives units up from the highest hash down, whole', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), (hashes) => {
        const shelf = createUnitShelf(hashes.length);
        hashes.forEach((hash, block) => {
          shelf.add(hash, block);
        });
        const expected = [...new Set(hashes)].sort((a, b) => b - a);
        for (const hash of expected) {
          const dropped: number[] = [];
          expect(shelf.dropHighest((block) => dropped.push(block))).toBe(hash);
          expect(dropped).toHaveLength(hashes.filter((other) => other === hash).length);
        }
        expect(shelf.size()).toBe(0);
      }),
    );
  });
});
