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
  kind: z.enum(['gemm', 'moe', 'attention-prefill', 'attention-decode']),
  role: z.string().describe('qkv, o, gate_up, down, w13, w2, lm_head, …'),
  device: z.string(),
  dtype: z.string(),
  N: positiveCount,
  K: positiveCount,
  experts: positiveCount.nullable(),
  top_k: positiveCount.nullable(),
  tp: positiveCount,
  ep: positiveCount,
});

const costSchema = z.strictObject({
  micros: z.number().positive(),
  source: z.enum(['modelled', 'neighbour', 'measured']),
});

/** The tile for one matrix multiplication at one bucket of M, beside the default that it has to beat. */
export const kernelPolicySchema = z
  .strictObject({
    problem: problemSchema,
    M: positiveCount,
    weight: amount.describe('Share of the trace’s kernel time in this bucket.'),
    policy: tileSchema,
    baseline: z.strictObject({ name: z.string(), policy: tileSchema, cost: costSchema }),
    cost: costSchema,
    gain: z.number().describe('1 − cost / baseline cost.'),
    verdict: verdictSchema,
  })
  .refine((kernel) => kernel.verdict === 'keep default' || kernel.gain > 0, {
    error: '"use" needs a gain',
    path: ['verdict'],
  });

/** Trace-weighted time, default against ours; of one role a layer, or of the whole model (`role` null). */
export const kernelTotalSchema = z.strictObject({
  role: z.string().nullable(),
  layers: count,
  baseline_micros: amount,
  micros: amount,
});
