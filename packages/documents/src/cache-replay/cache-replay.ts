import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import {
  lossSchema,
  missSchema,
  shardsSchema,
  splitSchema,
  tenantSchema,
  tiersSchema,
  ttlCurveSchema,
} from './findings.ts';

const NAME = 'cache-replay/1';

const residency = z.enum(['closed', 'free']);
const hits = z.enum(['continuous', 'independent']);

const resultSchema = z
  .strictObject({
    policy: z.string(),
    parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
    residency,
    hits,
    capacityBlocks: positiveCount,
    capacityBytes: positiveCount.nullable().describe('Null without a model.'),
    hitBlocks: count,
    hitTokens: count,
    hitRatio: ratio.nullable().describe('hitTokens / window.inputTokens; null over no tokens.'),
    evictions: count.nullable().describe('Null where the cache is split or sampled.'),
    savedPrefillSeconds: amount.nullable().describe('Modelled; null without a model and a device.'),
    sample: z
      .strictObject({
        ratio: z
          .number()
          .gt(0)
          .lt(1)
          .describe('Share of the chains replayed, and of the capacity.'),
        standardError: amount.describe('Of hitRatio, from how the samples differ.'),
      })
      .optional()
      .describe('Where the counts are estimates, by mini-simulation.'),
    standardError: amount
      .optional()
      .describe('Of hitRatio as that of one cache, where chains are sharded by hash.'),
  })
  .describe('One simulation, counted over the measured window.');

const curveSchema = z
  .strictObject({
    policy: z.string(),
    residency,
    hits,
    sampleRatio: z.number().gt(0).max(1).describe('Share of the blocks sampled; 1 is exact.'),
    meanError: amount
      .nullable()
      .describe(
        'Standard error of the hit ratio, a mean over the capacities; null for an exact curve.',
      ),
    capacityBlocks: z.array(positiveCount),
    hitTokens: z.array(amount),
  })
  .refine((curve) => curve.capacityBlocks.length === curve.hitTokens.length, {
    error: 'capacityBlocks and hitTokens must be of one length',
    path: ['hitTokens'],
  })
  .describe('Hit tokens at every capacity, from one pass over the trace.');

/**
 * What cache policies would have hit on a trace.
 *
 * Laws beyond the types: no result hits more than the ceiling (`independent` hits are not bound by it); the window lies
 * within the trace.
 */
export const cacheReplaySchema = z
  .strictObject({
    schema: z.literal(NAME),
    trace: z.strictObject({
      requests: count,
      blockReferences: count,
      distinctBlocks: count,
      inputTokens: count,
      blockSize: positiveCount,
      tail: z.enum(['count', 'drop']),
    }),
    window: z.strictObject({
      from: ratio.describe('The measured window begins after this share of the requests.'),
      requests: count,
      inputTokens: count,
    }),
    ceiling: z
      .strictObject({ hitTokens: count, ratio: ratio.nullable() })
      .describe('An infinite cache over the measured window.'),
    results: z.array(resultSchema),
    split: splitSchema.nullable().optional(),
    shards: shardsSchema.optional(),
    curves: z.array(curveSchema).optional(),
    ttlCurve: ttlCurveSchema.optional(),
    misses: z.array(missSchema).optional(),
    losses: z.array(lossSchema).optional(),
    tenants: z.array(tenantSchema).optional(),
    tiers: tiersSchema.optional(),
  })
  .superRefine((replay, context) => {
    if (replay.window.inputTokens > replay.trace.inputTokens) {
      const message = 'the window holds more tokens than the trace';
      context.addIssue({ code: 'custom', path: ['window', 'inputTokens'], message });
    }
    for (const [i, result] of replay.results.entries()) {
      if (result.hits === 'continuous' && result.hitTokens > replay.ceiling.hitTokens) {
        const message = `${result.hitTokens} exceeds the ceiling, ${replay.ceiling.hitTokens}`;
        context.addIssue({ code: 'custom', path: ['results', i, 'hitTokens'], message });
      }
    }
  });

export type CacheReplay = ReadonlyDeep<z.infer<typeof cacheReplaySchema>>;

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodeCacheReplay(replay: CacheReplay): Iterable<string> {
  return encodeDocument(replay, NAME, cacheReplaySchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodeCacheReplay(text: string): CacheReplay {
  return decodeDocument(text, 'cache-replay', { [NAME]: () => cacheReplaySchema });
}
