import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';

const BLOCK = 16;
const lmcache = { policy: 'lmcache', parameters: { chunkTokens: 2 * BLOCK } };

describe('lmcache in chunks of two blocks, closed', () => {
  it('keeps the head that another chunk begins with when it evicts one', () => {
    const chains = [
      [1, 2],
      [1, 3],
      [4, 5],
      [1, 3],
    ];
    const columns = columnsOf(
      chains.map((ids) => ({ ids })),
      BLOCK,
    );
    expect(replay(columns, { ...lmcache, capacityBlocks: 4 })).toMatchObject({
      hitBlocks: 3,
      evictions: 1,
    });
  });

  it('never beats the optimum, whose blocks come one by one', () => {
    const chain = fc.array(fc.nat(2), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(chain, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 20 }),
        (steps, room) => {
          const chains = steps.map((path) =>
            path.map((_, i) => Number(`1${path.slice(0, i + 1).join('')}`)),
          );
          const columns = columnsOf(
            chains.map((ids) => ({ ids })),
            BLOCK,
          );
          const request = { capacityBlocks: room };
          const { hitBlocks } = replay(columns, { ...lmcache, ...request });
          expect(hitBlocks).toBeLessThanOrEqual(
            replay(columns, { policy: 'optimum', ...request }).hitBlocks,
          );
        },
      ),
    );
  });

  it('refuses a chunk of nothing', () => {
    const columns = columnsOf([{ ids: [1] }], BLOCK);
    const request = { policy: 'lmcache', parameters: { chunkTokens: 0 }, capacityBlocks: 4 };
    expect(() => replay(columns, request)).toThrow(
      expect.objectContaining({ code: 'cachesim.bad-parameter' }),
    );
  });
});
