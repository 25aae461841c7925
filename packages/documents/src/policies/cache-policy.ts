import { z } from 'zod';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';
import { learnedTableSchema } from './learned-table.ts';

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
  hit_tokens: count.describe('Prefill tokens saved.'),
  hit_ratio: ratio.nullable(),
  saved_prefill_seconds: amount.nullable().describe('Modelled; null without a model and a device.'),
});

const gainSchema = z
  .strictObject({ hit_ratio: z.number(), standard_error: amount })
  .describe('Ours − default, and its bootstrap error.');

const candidateSchema = z.strictObject({
  policy: z.string(),
  parameters: settings,
  hit_tokens: count.describe('On the validation slice.'),
});

const cohortRuleSchema = z.strictObject({
  prefix: z.string(),
  ttl_seconds: amount
    .nullable()
    .describe('Holding it longer costs more than recomputing; null: no limit.'),
  priority: z.int().min(1).max(100).describe('TensorRT-LLM’s scale; the higher is kept longer.'),
});

const engineSchema = z.strictObject({
  engine: z.enum(['vllm', 'sglang', 'lmcache', 'tensorrt-llm']),
  verdict: verdictSchema,
  reason: z.string(),
  default: figureSchema.describe('What it does when told nothing.'),
  ours: figureSchema.describe('The best that it can be told, by the validation slice.'),
  gain: gainSchema.nullable(),
  settings: z.record(z.string(), z.unknown()).describe('Empty where the default stays.'),
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
    admission: z
      .strictObject({ rule: z.string(), parameters: settings })
      .nullable()
      .describe('Null: as the policy itself has it.'),
    table: learnedTableSchema.nullable().describe('The learned table, where it won.'),
    pins: z.array(z.string()).describe('Deepest blocks that are never evicted, where pinning won.'),
    cohorts: z.array(cohortRuleSchema),
    windows: z.strictObject({
      tuned: windowSchema,
      compared: windowSchema
        .optional()
        .describe(
          'The part of the tuned one that candidates were compared on, where not all of it.',
        ),
      validated: windowSchema.describe(
        'The end of the compared one, on which candidates were chosen.',
      ),
      measured: windowSchema,
    }),
    candidates: z.array(candidateSchema),
    default: figureSchema,
    ours: figureSchema,
    optimum: figureSchema.describe('Computed with knowledge of the future: a bound.'),
    ceiling: z.strictObject({ hit_tokens: count, hit_ratio: ratio.nullable() }),
    gain: gainSchema.nullable(),
    verdict: verdictSchema,
    reason: z.string(),
    engines: z.array(engineSchema),
  })
  .refine((cache) => cache.windows.tuned.to <= cache.windows.measured.from, {
    error: 'the tuned window must end before the measured one begins',
    path: ['windows'],
  })
  .refine(({ windows: { tuned, validated } }) => validated.to <= tuned.to, {
    error: 'the validation slice must lie within the tuned window',
    path: ['windows', 'validated'],
  })
  .refine(({ windows: { compared, validated } }) => (compared?.from ?? 0) <= validated.from, {
    error: 'the validation slice must lie within what was compared',
    path: ['windows', 'compared'],
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
