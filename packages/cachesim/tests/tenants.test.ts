import { shapeOf } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decomposeLoss,
  EVICTION_POLICIES,
  explainMisses,
  hitsByTenant,
  MISS_REASONS,
  partitionedHits,
  ROUTINGS,
  requestHits,
  routeRequests,
} from '../src/index.ts';
import { arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf } from './columns-of.ts';
import { lruModel } from './lru-model.ts';

const lru = EVICTION_POLICIES.find(({ name }) => name === 'lru')!;

describe('requestHits', () => {
  it('equals the textbook model request by request', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 9 }), (columns, capacityBlocks) => {
        const hits = requestHits(columns, { spec: lru, capacityBlocks });
        expect(Array.from(hits)).toEqual(lruModel(columns, capacityBlocks));
      }),
    );
  });

  it('refuses a cache of no block', () => {
    expect(() => requestHits(columnsOf([{ ids: [1] }]), { spec: lru, capacityBlocks: 0 })).toThrow(
      'cachesim.bad-capacity',
    );
  });
});

describe('explainMisses', () => {
  it('tells the five reasons apart', () => {
    const columns = columnsOf([
      { ids: [1, 2], timeMillis: 0 },
      { ids: [1, 3], timeMillis: 1000 },
      { ids: [1, 2], timeMillis: 9000 },
      { ids: [1, 3], timeMillis: 9000 },
      { ids: [4], timeMillis: 9000 },
    ]);
    const table = explainMisses(columns, {
      measured: { begin: 1, end: 5 },
      hits: Uint32Array.of(0, 1, 1, 0, 0),
      parts: Uint32Array.of(0, 0, 0, 1, 0),
      ttlMillis: 5000,
    });
    expect(table.blocks).toEqual({ cold: 1, diverged: 1, elsewhere: 2, expired: 1, evicted: 0 });
    expect(table.divergences).toEqual([{ block: 0, requests: 1, missedBlocks: 1 }]);
  });

  it('gives every missed block one reason', () => {
    fc.assert(
      fc.property(
        arbitraryTrace,
        fc.integer({ min: 1, max: 9 }),
        fc.nat(20),
        (columns, capacityBlocks, first) => {
          const { requests } = shapeOf(columns);
          const measured = { begin: Math.min(first, requests), end: requests };
          const parts = routeRequests(columns, 'round-robin', 2);
          const hits = partitionedHits(columns, parts, { spec: lru, capacityBlocks });
          const table = explainMisses(columns, { measured, hits, parts });
          const missed = Array.from(
            hits,
            (hit, r) => columns.offsets[r + 1] - columns.offsets[r] - hit,
          )
            .slice(measured.begin)
            .reduce((a, b) => a + b, 0);
          expect(table.missedBlocks).toBe(missed);
          expect(MISS_REASONS.reduce((sum, reason) => sum + table.blocks[reason], 0)).toBe(missed);
          const diverged = table.divergences.reduce(
            (sum, { missedBlocks }) => sum + missedBlocks,
            0,
          );
          expect(diverged).toBe(table.blocks.diverged);
        },
      ),
    );
  });
});

describe('routeRequests', () => {
  it('keeps a session in place, a prefix where it is known, and turns by turns', () => {
    const columns = columnsOf([
      { ids: [1, 2], session: 8 },
      { ids: [3, 4], session: 9 },
      { ids: [3, 5], session: 8 },
      { ids: [1, 2], session: 9 },
    ]);
    const routes = ROUTINGS.map((routing) => Array.from(routeRequests(columns, routing, 2)));
    expect(routes).toEqual([
      [0, 1, 0, 1],
      [0, 1, 0, 1],
      [0, 1, 1, 0],
    ]);
  });
});

describe('partitionedHits', () => {
  it('is one cache where all share it, and cold everywhere where none does', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 9 }), (columns, capacityBlocks) => {
        const choice = { spec: lru, capacityBlocks };
        const { requests } = shapeOf(columns);
        const shared = partitionedHits(columns, new Uint32Array(requests), choice);
        expect(shared).toEqual(requestHits(columns, choice));
        const alone = partitionedHits(
          columns,
          new Uint32Array(requests).map((_, r) => r),
          choice,
        );
        expect(alone.every((hit) => hit === 0)).toBe(true);
      }),
    );
  });
});

describe('hitsByTenant', () => {
  it('sums to the whole and has no ratio of nothing', () => {
    const columns = columnsOf([
      { ids: [1], tenant: 3 },
      { ids: [1], tenant: 1, inputTokens: 4 },
      { ids: [], tenant: 2 },
    ]);
    expect(hitsByTenant(columns, Uint32Array.of(0, 1, 0), { begin: 0, end: 3 })).toEqual([
      { tenant: 1, requests: 1, inputTokens: 4, hitTokens: 1, hitRatio: 0.25 },
      { tenant: 2, requests: 1, inputTokens: 0, hitTokens: 0, hitRatio: undefined },
      { tenant: 3, requests: 1, inputTokens: 1, hitTokens: 0, hitRatio: 0 },
    ]);
  });
});

describe('decomposeLoss', () => {
  it('accounts for every input token', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 9 }), (columns, capacityBlocks) => {
        const loss = decomposeLoss(columns, {
          choice: { spec: lru, capacityBlocks },
          measured: { begin: 0, end: shapeOf(columns).requests },
          replicas: 1,
        });
        const { workload, capacity, policy, hitTokens, inputTokens } = loss;
        expect(workload + capacity + policy + hitTokens).toBe(inputTokens);
        expect(Object.values(loss.routing)).toEqual([0, 0, 0]);
        expect(Math.min(workload, capacity)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });
});
