import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ceilingOf } from '../src/optimum/ceiling.ts';
import { parametersOf } from '../src/policies/parameters.ts';
import type { ParameterValues } from '../src/policies/policy.ts';
import { isEvictionPolicy, policyOf } from '../src/policies/policy-table.ts';
import { replay, runByPolicy } from '../src/replay/replay.ts';
import { linkReferences } from '../src/trace-index/next-use.ts';
import { loadMooncake, mooncakeMissing } from './load-mooncake.ts';

const golden = join(
  process.env.WAVETUNE_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'golden/libcachesim_conversation.csv',
);
const missing = mooncakeMissing ?? (existsSync(golden) ? undefined : `${golden} is not there`);
if (missing !== undefined) console.log(`skipped: ${missing}`);

/** libCacheSim's name → our policy, in the form that it has there. */
const COUNTERPARTS: readonly [string, string, ParameterValues][] = [
  ['FIFO', 'fifo', {}],
  ['LRU', 'lru', {}],
  ['clock', 'clock', {}],
  ['sieve', 'sieve', {}],
  ['s3fifo', 's3-fifo', {}],
  ['s3fifov0', 's3-fifo', { form: 'v0' }],
  ['ARC', 'arc', {}],
  ['lirs', 'lirs', {}],
  ['twoq', '2q', {}],
  ['slru', 'slru', { form: 'libcachesim' }],
  ['gdsf', 'gdsf', {}],
  ['lfu', 'lfu', {}],
  ['belady', 'optimum', { admission: 'always' }],
];

describe.skipIf(missing !== undefined)('the conversation trace', () => {
  const columns = missing === undefined ? loadMooncake() : undefined!;
  const references =
    missing === undefined ? linkReferences(columns.blocks, columns.parents.length) : undefined!;
  const half = missing === undefined ? columns.inputTokens.length >>> 1 : 0;

  it.each(COUNTERPARTS)(
    'gives libCacheSim’s misses of %s by %s %o, at all 18 capacities',
    (theirs, policy, parameters) => {
      const rows = readFileSync(golden, 'utf8')
        .split('\n')
        .map((line) => line.split(','))
        .filter(([name]) => name === theirs);
      expect(rows.length).toBe(18);
      for (const [, capacity, total, misses] of rows) {
        const { blockReferences, hitBlocks } = replay(
          columns,
          {
            policy,
            parameters,
            capacityBlocks: Number(capacity),
            residency: 'free',
            hits: 'independent',
          },
          references,
        );
        expect(blockReferences).toBe(Number(total));
        expect(`${capacity}: ${blockReferences - hitBlocks}`).toBe(`${capacity}: ${misses}`);
      }
    },
  );

  it.each([
    ['fifo', 'free', [1943040, 2661376, 2961480, 3728351, 11210017, 21376864]],
    ['fifo', 'closed', [3080192, 3080581, 3083336, 3832799, 12800309, 24144980]],
    ['lru', 'free', [3080192, 3080581, 3085579, 3833192, 12781765, 24161208]],
    ['lru', 'closed', [3080192, 3080581, 3085579, 3833192, 12781765, 24161208]],
    ['optimum', 'closed', [3812262, 5415511, 9628909, 18226289, 27038068, 27038068]],
  ] as const)(
    'gives the reference hit tokens of %s, %s, over the last half',
    (policy, residency, expected) => {
      const found = [32, 128, 512, 2048, 8192, 32768].map(
        (capacityBlocks) =>
          replay(columns, { policy, residency, capacityBlocks, measureFrom: half }, references)
            .hitTokens,
      );
      expect(found).toEqual(expected);
    },
  );

  it.each(['fifo', 'clock', 'sieve', 's3-fifo', '2q', 'slru'])(
    'gives in the closed kernel of %s what it gives in the generic frame',
    (policy) => {
      const spec = policyOf(policy);
      if (!isEvictionPolicy(spec)) throw new Error(`${policy} evicts nothing`);
      for (const capacityBlocks of [1000, 20_000]) {
        const request = {
          ...{ capacityBlocks, measureFrom: half, inputs: {}, parameters: parametersOf(spec, {}) },
          ...({ residency: 'closed', hits: 'continuous' } as const),
        };
        const { hitBlocks, hitTokens, evictions } = replay(columns, { policy, ...request });
        const expected = runByPolicy(columns, spec, request);
        expect({ hitBlocks, hitTokens, evictions }).toEqual(expected);
      }
    },
  );

  it('gives the reference ceiling', () => {
    expect(ceilingOf(columns).hitTokens).toBe(54098411);
    expect(ceilingOf(columns, half).hitTokens).toBe(27038068);
    const { inputTokens, hitTokens } = replay(columns, {
      policy: 'lru',
      capacityBlocks: 10_000_000,
      measureFrom: half,
    });
    expect({ inputTokens, hitTokens }).toEqual({ inputTokens: 67915607, hitTokens: 27038068 });
  });

  it.each([
    ['vllm', 0.2192],
    ['sglang-lru', 0.2177],
    ['sglang-lfu', 0.1348],
  ])('gives the measured hit ratio of %s at 10,000 blocks', (policy, expected) => {
    const { hitTokens, inputTokens } = replay(columns, { policy, capacityBlocks: 10_000 });
    expect(hitTokens / inputTokens).toBeCloseTo(expected, 4);
  });
});
