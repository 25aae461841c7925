import { NONE, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf } from '../src/optimum/ceiling.ts';
import { replay } from '../src/replay/replay.ts';
import { columnsOf } from './columns-of.ts';

describe('the optimum', () => {
  it('keeps the branch that comes back and lets the other pass', () => {
    const requests = [
      [1, 2],
      [1, 3],
      [1, 2],
      [1, 4],
      [1, 2],
    ].map((ids) => ({ ids }));
    const columns = columnsOf(requests, 16);
    const { hitBlocks, hitTokens, evictions } = replay(columns, {
      policy: 'optimum',
      capacityBlocks: 2,
    });
    expect({ hitBlocks, hitTokens, evictions }).toEqual({
      hitBlocks: 6,
      hitTokens: 96,
      evictions: 0,
    });
  });

  it('is what an exhaustive search finds, in hit blocks, under closed residency', () => {
    fc.assert(
      fc.property(tinyTraces, fc.integer({ min: 1, max: 4 }), (columns, capacityBlocks) => {
        const { hitBlocks } = replay(columns, { policy: 'optimum', capacityBlocks });
        expect(hitBlocks).toBe(searchClosed(columns, capacityBlocks));
      }),
      { numRuns: 200 },
    );
  });

  it('bounds the hits from request 0 on, and a later window only with those before it', () => {
    const columns = columnsOf([[1], [2], [2], [1]].map((ids) => ({ ids })));
    const hitsOf = (policy: string, measureFrom: number) =>
      replay(columns, { policy, capacityBlocks: 1, measureFrom }).hitBlocks;
    expect([hitsOf('optimum', 0), hitsOf('optimum', 3)]).toEqual([1, 0]);
    expect([hitsOf('mooncake', 0), hitsOf('mooncake', 3)]).toEqual([1, 1]);
  });

  it('is what an exhaustive search finds over single references', () => {
    fc.assert(
      fc.property(tinyTraces, fc.integer({ min: 1, max: 3 }), (columns, capacityBlocks) => {
        const { hitBlocks } = replay(columns, {
          policy: 'optimum',
          capacityBlocks,
          residency: 'free',
          hits: 'independent',
        });
        expect(hitBlocks).toBe(searchReferences(columns.blocks, capacityBlocks));
      }),
    );
  });

  it('never hits fewer blocks than when every block must be placed', () => {
    fc.assert(
      fc.property(tinyTraces, fc.integer({ min: 1, max: 4 }), (columns, capacityBlocks) => {
        const loose = { capacityBlocks, residency: 'free', hits: 'independent' } as const;
        const [bypass, always] = ['bypass', 'always'].map((admission) =>
          replay(columns, { policy: 'optimum', parameters: { admission }, ...loose }),
        );
        expect(bypass.hitBlocks).toBeGreaterThanOrEqual(always.hitBlocks);
      }),
    );
  });
});

describe('ceilingOf', () => {
  it('counts what was seen before, by whole prefixes', () => {
    const columns = columnsOf(
      [{ ids: [1, 2, 3], inputTokens: 11 }, { ids: [1, 2, 3] }, { ids: [1] }],
      4,
    );
    expect(ceilingOf(columns)).toEqual({ hitBlocks: 4, hitTokens: 16 });
    expect(ceilingOf(columns, 2)).toEqual({ hitBlocks: 1, hitTokens: 4 });
  });
});

const tinyTraces = fc
  .array(fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 7 })
  .map((paths) =>
    columnsOf(
      paths.map((path) => ({
        ids: path.map((_, depth) =>
          path.slice(0, depth + 1).reduce((id, step) => id * 4 + step + 1, 0),
        ),
      })),
    ),
  );

/** The most blocks that any sequence of closed sets of at most `capacity` blocks can hit. */
function searchClosed(columns: TraceColumns, capacity: number): number {
  let best = new Map<number, number>([[0, 0]]);
  for (let r = 0; r < columns.inputTokens.length; r++) {
    const chain = [...columns.blocks.subarray(columns.offsets[r], columns.offsets[r + 1])];
    const next = new Map<number, number>();
    for (const [set, hitsSoFar] of best) {
      const broken = chain.findIndex((block) => (set & (1 << block)) === 0);
      const hits = hitsSoFar + (broken < 0 ? chain.length : broken);
      const union = chain.reduce((all, block) => all | (1 << block), set);
      for (let subset = union; ; subset = (subset - 1) & union) {
        if (isClosed(subset, columns.parents) && sizeOf(subset) <= capacity) {
          next.set(subset, Math.max(next.get(subset) ?? 0, hits));
        }
        if (subset === 0) break;
      }
    }
    best = next;
  }
  return Math.max(...best.values());
}

function searchReferences(blocks: Uint32Array, capacity: number): number {
  let best = new Map<number, number>([[0, 0]]);
  for (const block of blocks) {
    const next = new Map<number, number>();
    for (const [set, hitsSoFar] of best) {
      const hits = hitsSoFar + ((set >>> block) & 1);
      const union = set | (1 << block);
      for (let subset = union; ; subset = (subset - 1) & union) {
        if (sizeOf(subset) <= capacity) next.set(subset, Math.max(next.get(subset) ?? 0, hits));
        if (subset === 0) break;
      }
    }
    best = next;
  }
  return Math.max(...best.values());
}

function isClosed(set: number, parents: Uint32Array): boolean {
  for (let block = 0; block < parents.length; block++) {
    if (((set >>> block) & 1) === 0 || parents[block] === NONE) continue;
    if (((set >>> parents[block]) & 1) === 0) return false;
  }
  return true;
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}
