import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';

const hitBlocksOf = (chains: readonly number[][], capacityBlocks: number, parameters: object) =>
  replay(
    columnsOf(
      chains.map((ids) => ({ ids })),
      16,
    ),
    {
      policy: 'vllm-offload',
      capacityBlocks,
      residency: 'free',
      parameters: { ...parameters },
    },
  ).hitBlocks;

describe('vllm-offload', () => {
  it('stores a block from the request on that the threshold names', () => {
    const chains = [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    expect(
      [0, 1, 2, 3, 4].map((storeThreshold) => hitBlocksOf(chains, 9, { storeThreshold })),
    ).toEqual([6, 6, 4, 2, 0]);
  });

  it('lets no scan in from two on', () => {
    const chains = [[1], [1], [2], [3], [4], [1]];
    expect(hitBlocksOf(chains, 1, { storeThreshold: 0 })).toBe(1);
    expect(hitBlocksOf(chains, 1, { storeThreshold: 2 })).toBe(1);
    expect(hitBlocksOf([...chains, [1]], 1, { storeThreshold: 2 })).toBe(2);
  });

  it('is LRU or ARC of the full blocks without a threshold', () => {
    const chain = fc.array(fc.nat(9), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(chain, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (chains, room) => {
          fc.pre(chains.length > 0);
          const distinct = chains.map((ids) => [...new Set(ids)]);
          for (const eviction of ['lru', 'arc']) {
            const columns = columnsOf(
              distinct.map((ids) => ({ ids })),
              16,
            );
            const request = { policy: eviction, capacityBlocks: room, residency: 'free' as const };
            expect(hitBlocksOf(distinct, room, { eviction })).toBe(
              replay(columns, request).hitBlocks,
            );
          }
        },
      ),
    );
  });

  it('refuses another eviction policy', () => {
    expect(() => hitBlocksOf([[1]], 1, { eviction: 'fifo' })).toThrow(
      expect.objectContaining({ code: 'cachesim.bad-parameter' }),
    );
  });
});
