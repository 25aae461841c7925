import { NONE, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf } from '../src/optimum/ceiling.ts';
import { parametersOf } from '../src/policies/parameters.ts';
import { EVICTION_POLICIES } from '../src/policies/policy-table.ts';
import { replay } from '../src/replay/replay.ts';
import { createResidentSet } from '../src/replay/resident-set.ts';
import { runClosed } from '../src/replay/run-closed.ts';
import { forestTraces, smallCapacities } from './forests.ts';

const WAYS = [
  { residency: 'closed', hits: 'continuous' },
  { residency: 'free', hits: 'continuous' },
  { residency: 'free', hits: 'independent' },
] as const;

/** Policies that can lose a block for which there is room. */
const GIVES_UP_ROOM = ['ttl', 'ttl-pressure', 'vllm', 'lmcache', 'mooncake'];

describe.each(EVICTION_POLICIES)('policy $name', (spec) => {
  it.each(WAYS)('never beats the optimum ($residency, $hits)', (way) => {
    fc.assert(
      fc.property(forestTraces, smallCapacities, (columns, capacityBlocks) => {
        const ours = replay(columns, { policy: spec.name, capacityBlocks, ...way });
        const best = replay(columns, { policy: 'optimum', capacityBlocks, ...way });
        expect(ours.hitBlocks).toBeLessThanOrEqual(best.hitBlocks);
        expect(best.hitBlocks).toBeLessThanOrEqual(ceilingOf(columns).hitBlocks);
      }),
    );
  });

  it('keeps every resident block under a resident parent, within the capacity', () => {
    fc.assert(
      fc.property(forestTraces, smallCapacities, (columns, capacityBlocks) => {
        const { parents } = columns;
        const set = createResidentSet(parents.length, capacityBlocks, parents);
        const policy = spec.create({
          columns,
          capacityBlocks,
          held: set.held,
          parameters: parametersOf(spec, {}),
          inputs: {},
          loose: false,
        });
        const watched = {
          ...policy,
          onRequest(request: number) {
            expectClosed(set.resident, parents, capacityBlocks);
            policy.onRequest?.(request);
          },
        };
        runClosed({ columns, spec, policy: watched, set, measureFrom: 0 });
        expectClosed(set.resident, parents, capacityBlocks);
      }),
    );
  });

  it('counts the same hits both ways under closed residency', () => {
    fc.assert(
      fc.property(forestTraces, smallCapacities, (columns, capacityBlocks) => {
        const request = { policy: spec.name, capacityBlocks };
        const { hits: _, ...continuous } = replay(columns, { ...request, hits: 'continuous' });
        const { hits: __, ...independent } = replay(columns, { ...request, hits: 'independent' });
        expect(independent).toEqual(continuous);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(EVICTION_POLICIES.filter(({ name }) => !GIVES_UP_ROOM.includes(name)))(
  'policy $name in a cache larger than the trace',
  ({ name }) => {
    it.each(WAYS.slice(0, 2))('reaches the ceiling ($residency, $hits)', (way) => {
      fc.assert(
        fc.property(forestTraces, (columns) => {
          const whole = dropPartial(columns);
          const { hitBlocks, hitTokens, evictions } = replay(whole, {
            policy: name,
            capacityBlocks: 1_000_000_000,
            ...way,
          });
          expect({ hitBlocks, hitTokens, evictions }).toEqual({
            ...ceilingOf(whole),
            evictions: 0,
          });
        }),
        { numRuns: 30 },
      );
    });
  },
);

function expectClosed(resident: Uint8Array, parents: Uint32Array, capacity: number): void {
  let size = 0;
  for (let block = 0; block < parents.length; block++) {
    if (resident[block] === 0) continue;
    size++;
    if (parents[block] !== NONE) expect(resident[parents[block]]).toBe(1);
  }
  expect(size).toBeLessThanOrEqual(capacity);
}

/** The same requests with every block full: engines' policies do not keep a partial one. */
function dropPartial(columns: TraceColumns): TraceColumns {
  const full = columns.coveredTokens.map(
    (_, r) => (columns.offsets[r + 1] - columns.offsets[r]) * columns.blockSize,
  );
  return { ...columns, inputTokens: full, coveredTokens: full };
}
