import { type RequestRange, shapeOf, tokensOfPrefix } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveOfDepths, lruCurve, lruDepthsTask, replay } from '../src/index.ts';
import { arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf } from './columns-of.ts';
import { loadMooncake, mooncakeMissing } from './load-mooncake.ts';
import { lruModel } from './lru-model.ts';

if (mooncakeMissing)
  console.log(`lru-curve: skipped on the conversation trace: ${mooncakeMissing}`);

const REFERENCE: readonly (readonly [number, number])[] = [
  [32, 3_080_192],
  [128, 3_080_581],
  [512, 3_085_579],
  [2048, 3_833_192],
  [8192, 12_781_765],
  [32_768, 24_161_208],
];

/** Requests of one block of no chain, some of them partial. */
const arbitrarySingles = fc
  .array(fc.record({ id: fc.nat(12), lacking: fc.nat(3) }), { minLength: 1, maxLength: 80 })
  .map((requests) =>
    columnsOf(
      requests.map(({ id, lacking }) => ({ ids: [id], namespace: id, inputTokens: 4 - lacking })),
      4,
    ),
  );

describe('lruCurve', () => {
  it('counts a block at the depth it lies on, root above leaf', () => {
    const columns = columnsOf([{ ids: [1, 2] }, { ids: [1, 3] }, { ids: [1, 2] }]);
    const { hitBlocks } = lruCurve(columns, { begin: 0, end: 3 });
    expect(Array.from(hitBlocks)).toEqual([0, 2, 2, 3]);
  });

  it('equals a searched list at every capacity, in blocks and tokens', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryTrace, arbitrarySingles), fc.nat(20), (columns, first) => {
        const { requests, distinctBlocks } = shapeOf(columns);
        const measured: RequestRange = { begin: Math.min(first, requests), end: requests };
        const curve = lruCurve(columns, measured);
        for (let capacity = 1; capacity <= distinctBlocks; capacity++) {
          const hits = lruModel(columns, capacity).slice(measured.begin);
          const tokens = hits.map((hit, i) => tokensOfPrefix(columns, measured.begin + i, hit));
          expect(curve.hitBlocks[capacity]).toBe(hits.reduce((a, b) => a + b, 0));
          expect(curve.hitTokens[capacity]).toBe(tokens.reduce((a, b) => a + b, 0));
        }
      }),
      { numRuns: 120 },
    );
  });

  it('equals the LRU simulation at any capacity', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 12 }), (columns, capacityBlocks) => {
        const { requests, distinctBlocks } = shapeOf(columns);
        const curve = lruCurve(columns, { begin: 0, end: requests });
        const simulated = replay(columns, { policy: 'lru', capacityBlocks });
        expect(curve.hitTokens[Math.min(capacityBlocks, distinctBlocks)]).toBe(simulated.hitTokens);
      }),
    );
  });

  it('is the same in any number of parts', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 8 }), (columns, parts) => {
        const measured = { begin: 0, end: shapeOf(columns).requests };
        const partial = lruDepthsTask
          .split({ columns, measured }, parts)
          .map(lruDepthsTask.run)
          .reduce(lruDepthsTask.merge);
        expect(curveOfDepths(partial, columns.blockSize)).toEqual(lruCurve(columns, measured));
      }),
    );
  });

  it.skipIf(mooncakeMissing)('reproduces the reference table of the conversation trace', () => {
    const columns = loadMooncake();
    const { requests, distinctBlocks } = shapeOf(columns);
    const { hitTokens } = lruCurve(columns, { begin: Math.floor(requests / 2), end: requests });
    for (const [capacity, tokens] of REFERENCE) expect(hitTokens[capacity]).toBe(tokens);
    expect(hitTokens[distinctBlocks]).toBe(27_038_068);
  });

  it('renumbers time without losing the order', () => {
    const ids = Array.from({ length: 200_000 }, (_, i) => (i * i) % 97);
    const columns = columnsOf(ids.map((id) => ({ ids: [id], namespace: id })));
    const curve = lruCurve(columns, { begin: 199_000, end: 200_000 });
    const hits = lruModel(columns, 20).slice(199_000);
    expect(curve.hitBlocks[20]).toBe(hits.reduce((a, b) => a + b, 0));
  });
});
