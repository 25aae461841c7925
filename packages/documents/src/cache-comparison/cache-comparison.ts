import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import {
  cacheCounts,
  differenceInterval,
  moment,
  plannerRun,
  ratioInterval,
} from './planner-run.ts';

const NAME = 'cache-comparison/1';

const simulatedSchema = z
  .strictObject({
    capacityItems: positiveCount,
    meanItemBytes: amount.describe(
      'Key, value and overhead of an item, a mean over the distinct items; the limit over it is capacityItems.',
    ),
    policies: z.array(
      z.strictObject({
        policy: z.string(),
        isBound: z.boolean(),
        hits: count.describe('Of the measured requests.'),
        hitRatio: ratioInterval,
        overBaseline: differenceInterval.describe('The policy less the live baseline.'),
      }),
    ),
  })
  .describe('Plain policies on the same requests, every item of one size, without times to live.');

/**
 * What a planner over a live cache brought, against the same cache without it and against plain policies.
 *
 * Laws beyond the types: the windows of every run hold all its requests; `use` names a planner that beats the baseline
 * and is no bound.
 */
export const cacheComparisonSchema = z
  .strictObject({
    schema: z.literal(NAME),
    stream: z.strictObject({
      source: z.string().describe('`item log`, or the name of a trace format.'),
      events: count,
      requests: count,
      distinctItems: count,
      requestedBytes: count,
      fromMillis: moment,
      toMillis: moment,
      badRecords: count,
      outOfOrder: count,
    }),
    caches: z.strictObject({
      limitBytes: positiveCount,
      keyOverheadBytes: count,
      eviction: z.enum(['ttl', 'lru']),
      clock: z.enum(['trace', 'wall']),
      speed: amount
        .nullable()
        .describe('Seconds of the trace in a second; null for as fast as it goes.'),
      ttl: z.strictObject({
        relaxedBelow: ratio,
        tightAbove: ratio,
        relaxedSeconds: amount,
        middleSeconds: amount,
        tightSeconds: amount,
      }),
    }),
    steering: z.strictObject({
      trigger: z.string(),
      delayMillis: amount,
      mostEvictions: count,
      mostPrefetches: count,
    }),
    measured: z.strictObject({
      from: ratio.describe('The measured requests begin after this share of all.'),
      requests: positiveCount,
      confidence: ratio.describe('Of every interval; higher where several planners are judged.'),
      groups: positiveCount.describe('Of neighbouring requests, drawn with replacement.'),
    }),
    baseline: z.strictObject({ hitRatio: ratioInterval, counts: cacheCounts }),
    simulated: simulatedSchema.nullable().describe('Null where the memory holds no item.'),
    runs: z.array(plannerRun),
    verdict: z.strictObject({
      decision: z.enum(['use', 'keep the TTL rule']),
      planner: z.string().nullable(),
      reason: z.string(),
    }),
  })
  .superRefine((comparison, context) => {
    comparison.runs.forEach(({ windows, counts }, i) => {
      const requests = windows.reduce((sum, { steered }) => sum + steered.requests, 0);
      if (requests === counts.requests) return;
      const message = `the windows hold ${requests} requests, the run ${counts.requests}`;
      context.addIssue({ code: 'custom', path: ['runs', i, 'windows'], message });
    });
    const { decision, planner } = comparison.verdict;
    const run = comparison.runs.find((one) => one.planner === planner);
    const isEarned = run?.verdict === 'beats' && !run.isBound;
    if (isEarned === (decision === 'use')) return;
    const message = '"use" needs a planner that beats the baseline and is no bound';
    context.addIssue({ code: 'custom', path: ['verdict'], message });
  });

export type CacheComparison = ReadonlyDeep<z.infer<typeof cacheComparisonSchema>>;

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodeCacheComparison(comparison: CacheComparison): Iterable<string> {
  return encodeDocument(comparison, NAME, cacheComparisonSchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodeCacheComparison(text: string): CacheComparison {
  return decodeDocument(text, 'cache-comparison', { [NAME]: () => cacheComparisonSchema });
}
