import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parametersOf } from '../src/policies/parameters.ts';
import { EVICTION_POLICIES } from '../src/policies/policy-table.ts';
import { replay, runByPolicy } from '../src/replay/replay.ts';
import { forestTraces, smallCapacities } from './forests.ts';
import {
  type MakeTextbook,
  textbookArc,
  textbookClock,
  textbookFifo,
  textbookLru,
  textbookS3Fifo,
  textbookSieve,
  textbookSlru,
  textbookTwoQ,
  textbookWTinyLfu,
} from './textbook-queues.ts';
import {
  textbookGdsf,
  textbookLfu,
  textbookLfuDecay,
  textbookLirs,
  textbookLruK,
  textbookRandom,
  textbookTtl,
} from './textbook-ranks.ts';
import { textbookReplay } from './textbook-replay.ts';

const TEXTBOOKS: readonly [string, Record<string, string>, MakeTextbook][] = [
  ['fifo', {}, textbookFifo],
  ['lru', {}, textbookLru],
  ['clock', {}, textbookClock],
  ['sieve', {}, textbookSieve],
  ['s3-fifo', {}, textbookS3Fifo(true)],
  ['s3-fifo', { form: 'v0' }, textbookS3Fifo(false)],
  ['2q', {}, textbookTwoQ],
  ['slru', {}, textbookSlru],
  ['arc', {}, textbookArc],
  ['lirs', {}, textbookLirs],
  ['lru-k', {}, textbookLruK],
  ['lfu', {}, textbookLfu],
  ['lfu-decay', {}, textbookLfuDecay],
  ['w-tinylfu', {}, textbookWTinyLfu],
  ['gdsf', {}, textbookGdsf],
  ['ttl', {}, textbookTtl],
  ['random', {}, textbookRandom],
];

const MODES = [
  { mode: 'closed', residency: 'closed', hits: 'continuous' },
  { mode: 'free', residency: 'free', hits: 'continuous' },
  { mode: 'loose', residency: 'free', hits: 'independent' },
] as const;

describe.each(TEXTBOOKS)('policy %s %o', (policy, parameters, make) => {
  const spec = EVICTION_POLICIES.find(({ name }) => name === policy)!;

  it.each(MODES.filter(({ mode }) => policy !== 'random' || mode !== 'closed'))(
    'equals its textbook model under $residency residency with $hits hits',
    ({ mode, residency, hits }) => {
      fc.assert(
        fc.property(forestTraces, smallCapacities, (columns, capacityBlocks) => {
          const { hitBlocks, hitTokens, evictions } = replay(columns, {
            policy,
            parameters,
            capacityBlocks,
            residency,
            hits,
          });
          const expected = textbookReplay({
            columns,
            capacity: capacityBlocks,
            mode,
            leafFirst: spec.touch === 'last-to-first',
            policy: make(capacityBlocks, columns),
          });
          expect({ hitBlocks, hitTokens, evictions }).toEqual(expected);
        }),
      );
    },
  );
});

describe.each(EVICTION_POLICIES)('policy $name', (spec) => {
  it.each(MODES)('gives in its kernel what it gives in the generic frame ($mode)', (way) => {
    fc.assert(
      fc.property(forestTraces, smallCapacities, fc.nat(), (columns, capacityBlocks, at) => {
        const measureFrom = at % columns.inputTokens.length;
        const request = {
          capacityBlocks,
          measureFrom,
          residency: way.residency,
          hits: way.hits,
        };
        const { hitBlocks, hitTokens, evictions } = replay(columns, {
          policy: spec.name,
          ...request,
        });
        const parameters = parametersOf(spec, {});
        const checked = { ...request, parameters, inputs: {} };
        expect({ hitBlocks, hitTokens, evictions }).toEqual(runByPolicy(columns, spec, checked));
      }),
    );
  });
});
