import { z } from 'zod';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';

const setting = z.union([z.number(), z.string(), z.boolean()]);
const settings = z.record(z.string(), setting);
export const verdictSchema = z.enum(['use', 'keep default']);

const windowSchema = z
  .strictObject({ from: ratio, to: ratio, requests: count, input_tokens: count })
  .refine((window) => window.from <= window.to, {
    error: 'a window must have from ≤ to',
    path: ['from'],
  })
  .describe('Requests from one share of the trace to another.');

const figureSchema = z.strictObject({
  policy: z.string(),
  parameters: settings,
  hit_tokens: count,
  hit_ratio: ratio.nullable(),
});

const cohortRuleSchema = z.strictObject({
  prefix: z.string(),
  ttl_seconds: amount
    .nullable()
    .describe('Holding it longer costs more than recomputing; null: no limit.'),
  priority: z.int().min(1).max(100).describe('TensorRT-LLM’s scale; the higher is kept longer.'),
});

/**
 * Hit density by class of block: `values` is row-major over the dimensions in order; along one dimension, bin i holds
 * `edges[i − 1] ≤ x < edges[i]`, so k edges make k + 1 bins.
 */
const tableSchema = z
  .strictObject({
    dimensions: z.array(z.strictObject({ name: z.string(), edges: z.array(z.number()) })).min(1),
    values: z.array(z.number()),
    unit: z.string().describe('What a value counts: expected hits a block-second.'),
    admit_at_least: z
      .number()
      .nullable()
      .describe('Blocks below it are not admitted; null admits all.'),
  })
  .refine(
    (table) =>
      table.values.length ===
      table.dimensions.reduce((bins, dimension) => bins * (dimension.edges.length + 1), 1),
    { error: 'values must hold one number a bin', path: ['values'] },
  )
  .refine(
    (table) =>
      table.dimensions.every(({ edges }) =>
        edges.every((edge, i) => i === 0 || edge > edges[i - 1]),
      ),
    { error: 'edges must ascend', path: ['dimensions'] },
  );

const engineSchema = z.strictObject({
  engine: z.enum(['vllm', 'sglang', 'lmcache', 'tensorrt-llm']),
  verdict: verdictSchema,
  reason: z.string(),
  settings: z.record(z.string(), z.unknown()),
  files: z.array(z.string()).describe('Files written for it, relative to this document.'),
});

/** The cache half: what to run, what it was worth on requests that the tuning never saw, and what carries it out. */
export const cachePolicySchema = z
  .strictObject({
    policy: z.string(),
    parameters: settings,
    residency: z.enum(['closed', 'free']),
    hits: z.enum(['continuous', 'independent']),
    capacity_blocks: positiveCount,
    capacity_bytes: positiveCount.nullable(),
    block_size: positiveCount,
    admission: z.strictObject({ rule: z.string(), parameters: settings }).nullable(),
    table: tableSchema.nullable().describe('The learned table, where it won.'),
    cohorts: z.array(cohortRuleSchema),
    windows: z.strictObject({ tuned: windowSchema, measured: windowSchema }),
    default: figureSchema,
    ours: figureSchema,
    optimum: figureSchema.describe('Computed with knowledge of the future: a bound.'),
    ceiling: z.strictObject({ hit_tokens: count, hit_ratio: ratio.nullable() }),
    gain: z
      .strictObject({ hit_ratio: z.number(), standard_error: amount })
      .nullable()
      .describe('Ours − default, and its bootstrap error.'),
    verdict: verdictSchema,
    reason: z.string(),
    engines: z.array(engineSchema),
  })
  .refine((cache) => cache.windows.tuned.to <= cache.windows.measured.from, {
    error: 'the tuned window must end before the measured one begins',
    path: ['windows'],
  })
  .refine((cache) => cache.ours.hit_tokens <= cache.ceiling.hit_tokens, {
    error: 'hits more than the ceiling',
    path: ['ours', 'hit_tokens'],
  })
  .refine(
    (cache) => cache.verdict === 'keep default' || cache.ours.hit_tokens > cache.default.hit_tokens,
    {
      error: '"use" needs more hit tokens than the default',
      path: ['verdict'],
    },
  );
