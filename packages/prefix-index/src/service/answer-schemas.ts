import { z } from 'zod';
import { WEIGHTS } from '../totals/settings.ts';

/** What the service answers, for its documentation; the answers themselves are built by the index. */

const keyShape = { prefix_id: z.string(), tenant: z.string(), model_id: z.string() };

const layerPages = z.object({
  layer: z.union([z.string(), z.number()]),
  page_start: z.number(),
  page_end: z.number(),
});

const hint = z.object({
  ...keyShape,
  score: z.number(),
  hits: z.number(),
  bytes: z.number(),
  tokens: z.number(),
  last_seen_ms: z.number(),
  layers: z.array(layerPages),
  expected_saving_ms: z.number(),
  ttl_ms: z.number(),
  reason: z.enum(['popular', 'parent']),
  hint: z.string(),
});

const entry = z.object({
  ...keyShape,
  parent_prefix_id: z.string().optional(),
  score: z.number(),
  popularity: z.record(z.enum(WEIGHTS), z.number()),
  hits: z.number(),
  bytes: z.number(),
  bytes_moved: z.number(),
  tokens: z.number(),
  first_seen_ms: z.number(),
  last_seen_ms: z.number(),
  age_ms: z.number(),
  latency: z.object({ mean_ms: z.number(), p99_ms: z.number() }).nullable(),
  layers: z.array(layerPages),
  feedback: z
    .object({
      used: z.number(),
      unused: z.number(),
      evicted_early: z.number(),
      count: z.number(),
      mean_cost_ms: z.number(),
      use_probability: z.number(),
      usefulness: z.number(),
    })
    .nullable(),
});

const asOf = z.number().nullable().describe('Event time in milliseconds; null for an empty index.');
const refused = z.array(z.object({ index: z.int(), reason: z.string() }));
const outcome = z.enum(['applied', 'known', 'expired']);

export const suggestion = z.object({ asOf, hints: z.array(hint) });

export const explanation = z.object({
  verdict: z.string(),
  because: z.string(),
  asOf,
  rank: z.int().nullable(),
  of: z.int(),
  entry: entry.nullable(),
});

export const entryList = z.object({ asOf, entries: z.array(entry) });

export const ingestReceipt = z.object({
  ingested: z.int(),
  batchId: z.string(),
  outcome,
  refused,
});

export const feedbackReceipt = z.object({
  accepted: z.int(),
  batchId: z.string(),
  outcome,
  refused,
});

export const snapshotReceipt = z.object({
  keys: z.int(),
  batches: z.int(),
  tookMillis: z.number(),
});

export const failure = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export const health = z.object({ status: z.enum(['ok', 'ready', 'starting', 'stopping']) });
