import { z } from 'zod';
import { amount, count, ratio } from '../number-schemas.ts';

/** Milliseconds since 1970 by the trace's clock, which may begin before. */
export const moment = z.number();

/** A share of requests with a percentile interval. */
export const ratioInterval = z
  .strictObject({ ratio: ratio, low: ratio, high: ratio })
  .refine(({ low, high }) => low <= high, { error: 'low must not exceed high', path: ['low'] });

/** A difference of two such shares on the same requests, positive where the first is larger. */
export const differenceInterval = z
  .strictObject({
    difference: z.number().min(-1).max(1),
    low: z.number().min(-1).max(1),
    high: z.number().min(-1).max(1),
  })
  .refine(({ low, high }) => low <= high, { error: 'low must not exceed high', path: ['low'] });

export const cacheCounts = z
  .strictObject({
    requests: count,
    hits: count,
    requestedBytes: count,
    hitBytes: count,
    loads: count.describe('Values fetched from behind the cache: misses and prefetches.'),
    evictions: count.describe('For room; what plans remove is not counted here.'),
    expirations: count,
  })
  .refine(({ requests, hits }) => hits <= requests, {
    error: 'more hits than requests',
    path: ['hits'],
  });

const planOutcome = z.enum(['carried-out', 'expired', 'discarded', 'busy', 'waiting']);

const windowCache = z.strictObject({
  requests: count,
  hits: count,
  hitRatio: ratioInterval
    .nullable()
    .describe('Null where a window has too few requests to draw groups from.'),
  usedBytes: count.describe('As the rule counts memory, at the end of the window.'),
  serverBytes: z.int().describe("What the server's own memory grew by, rounding included."),
  keys: count,
  evictions: count,
});

const windowSchema = z
  .strictObject({
    window: count,
    fromMillis: moment,
    toMillis: moment,
    events: count,
    baseline: windowCache,
    steered: windowCache,
    difference: differenceInterval.nullable(),
    plan: z
      .strictObject({
        reason: z.enum(['events', 'hit-ratio', 'pressure', 'drift']),
        outcome: planOutcome,
        evicted: count,
        prefetched: count,
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('What this window led to, carried out in a later one; null after the last.'),
  })
  .describe('One window of the stream, in both live caches.');

const latency = z
  .strictObject({
    medianMillis: amount.nullable(),
    p95Millis: amount.nullable(),
    mostMillis: amount.nullable(),
  })
  .describe('Null where nothing was timed.');

/** One planner over the whole stream. */
export const plannerRun = z.strictObject({
  planner: z.string(),
  isBound: z.boolean().describe('It knows the future, so no verdict rests on it.'),
  hitRatio: ratioInterval.describe('Of the steered cache over the measured requests.'),
  difference: differenceInterval.describe('Steered less baseline, over the measured requests.'),
  verdict: z
    .enum(['beats', 'same', 'loses'])
    .describe('Against the TTL rule alone: whether the interval of the difference excludes 0.'),
  againstPolicies: z
    .array(z.strictObject({ policy: z.string(), difference: differenceInterval }))
    .describe('Steered less each simulated policy.'),
  counts: cacheCounts.describe('Of the steered cache over the whole stream.'),
  plans: z.strictObject({
    asked: count,
    carriedOut: count,
    expired: count,
    discarded: count,
    busy: count,
    evicted: count,
    prefetched: count,
    passedOver: count.describe('Entries that the filter or a cap kept back.'),
  }),
  plannerLatency: latency,
  executor: z.strictObject({
    transactions: count,
    keys: count,
    keysPerSecond: amount.nullable().describe('While transactions ran.'),
    latency,
  }),
  tokens: z.strictObject({ input: count, output: count }),
  cost: z
    .strictObject({
      plannerDollars: amount,
      loadsPerThousand: amount,
      baselineLoadsPerThousand: amount,
      dollarsPerThousand: amount.describe('Of requests: planner and loads.'),
      baselineDollarsPerThousand: amount,
    })
    .describe('Loads at the price given for one; 0 where none was given.'),
  windows: z.array(windowSchema),
});
