import { z } from 'zod';
import { amount, count, positiveCount } from '../number-schemas.ts';
import { verdictSchema } from './cache-policy.ts';

const tileSchema = z.strictObject({
  BM: positiveCount,
  BN: positiveCount,
  BK: positiveCount,
  swizzle_size: positiveCount.describe('GROUP_SIZE_M.'),
  stage_depth: positiveCount.describe('num_stages.'),
  num_warps: positiveCount,
  split_k: positiveCount,
});

const problemSchema = z.strictObject({
  kind: z.enum(['gemm', 'moe']).describe('`moe`: both multiplications of a fused expert layer.'),
  role: z.string().describe('qkv, o, gate_up, down, moe, lm_head, …'),
  device: z.string(),
  dtype: z.string(),
  N: positiveCount.describe('On one rank; of `moe` its share of an expert’s width.'),
  K: positiveCount.describe('Of `moe` the width of the model.'),
  experts: positiveCount.nullable().describe('Of the whole layer.'),
  top_k: positiveCount.nullable(),
  tp: positiveCount,
  ep: positiveCount,
});

const micros = z.number().positive();

/** The tile for one matrix multiplication at one bucket of M, beside the default that it has to beat. */
export const kernelPolicySchema = z
  .strictObject({
    problem: problemSchema,
    M: positiveCount,
    runs: amount.describe('How often the trace runs it: layers × steps of the bucket.'),
    weight: amount.describe('Share of the trace’s kernel time under the baseline.'),
    policy: tileSchema.describe('What to run: ours where used, else the baseline.'),
    baseline: z.strictObject({
      name: z.string(),
      policy: tileSchema,
      micros,
      feasible: z
        .boolean()
        .describe('False: it cannot run on the device; `micros` is the formula.'),
    }),
    ours: z.strictObject({ policy: tileSchema, micros }),
    gain: z.number().describe('Baseline micros / our micros − 1.'),
    source: z.enum(['modelled', 'neighbour', 'measured']).describe('What our choice rests on.'),
    verdict: verdictSchema,
  })
  .refine(
    ({ verdict, gain, baseline }) => verdict === 'keep default' || gain > 0 || !baseline.feasible,
    {
      error: '"use" needs a gain',
      path: ['verdict'],
    },
  )
  .refine(({ verdict, baseline }) => verdict === 'use' || baseline.feasible, {
    error: 'a default that cannot run is not kept',
    path: ['verdict'],
  })
  .refine(
    ({ policy, verdict, ours, baseline }) =>
      sameTile(policy, verdict === 'use' ? ours.policy : baseline.policy),
    { error: 'must be ours where used, else the baseline', path: ['policy'] },
  );

/** Trace-weighted time, default against ours; of one role a layer, or of the whole model (`role` null). */
export const kernelTotalSchema = z.strictObject({
  role: z.string().nullable(),
  layers: count,
  tunable: z
    .boolean()
    .describe(
      'Engines read tuned files for it; false: a library runs it, whatever tile the baseline names.',
    ),
  baseline_micros: amount,
  micros: amount,
});

const stabilitySchema = z.strictObject({
  problems: count,
  changed_share: amount.nullable().describe('Of problems × M, by what an engine would look up.'),
  cross_cost: z.number().nullable().describe('Time under the other’s policies over our own, − 1.'),
});

/** What the kernels were tuned for, and what they were set beside. */
export const kernelRunSchema = z.strictObject({
  calibration: z.string(),
  margin: amount.describe('Gain for which the default is left.'),
  cache: z.string().describe('Whose hits were removed before the steps were formed.'),
  waves: z.strictObject({
    token_budget: positiveCount,
    max_sequences: positiveCount,
    arrivals: z.enum(['timed', 'saturated']),
    steps: count,
    prefill_tokens: count,
    decode_tokens: count,
    histogram: z
      .array(z.strictObject({ M: positiveCount, prefill: count, decode: count, mixed: count }))
      .describe('Steps by the nearest M of the grid, ascending.'),
  }),
  strategies: z
    .array(
      z.strictObject({
        name: z.string(),
        micros: amount,
        tuned_micros: amount.describe('Of the policies that this rule, as the baseline, leaves.'),
        runnable: z.boolean().describe('Every tile of the rule can run on the device.'),
      }),
    )
    .describe('Trace-weighted time under each rule, and tuned against it.'),
  stability: z.strictObject({
    halves: stabilitySchema.nullable().describe('One half of the trace under the other’s files.'),
    incumbent: stabilitySchema.nullable().describe('This run against the document it was given.'),
  }),
  files: z.array(
    z.strictObject({ engine: z.string(), files: z.array(z.string()), notes: z.array(z.string()) }),
  ),
});

type Tile = z.infer<typeof tileSchema>;

function sameTile(left: Tile, right: Tile): boolean {
  return (Object.keys(left) as (keyof Tile)[]).every((field) => left[field] === right[field]);
}
