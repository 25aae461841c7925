import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { count } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import { cachePolicySchema } from './cache-policy.ts';
import { kernelPolicySchema, kernelRunSchema, kernelTotalSchema } from './kernel-policy.ts';
import { planPolicySchema } from './plan-policy.ts';

const NAME = 'policies/1';

/**
 * What to change, and what it is worth.
 *
 * `cache` is null where no cache was asked for, and for a trace of lengths only, which yields no hit rate; a document has
 * a cache part, kernels, or both; that of a plan trace has its `plan`, and no requests.
 */
export const policiesSchema = z
  .strictObject({
    schema: z.literal(NAME),
    meta: z.strictObject({
      generator: z.string(),
      inputs: z.array(z.strictObject({ path: z.string(), bytes: count })),
      format: z.string(),
      requests: count,
      model: z.string().nullable(),
      device: z.string().nullable(),
      seed: count.nullable(),
    }),
    cache: cachePolicySchema.nullable(),
    cache_absent: z.string().optional().describe('Why `cache` is null.'),
    kernels: z.array(kernelPolicySchema).optional(),
    kernel_totals: z.array(kernelTotalSchema).optional(),
    kernel_run: kernelRunSchema.optional(),
    plan: planPolicySchema.optional(),
  })
  .refine(({ cache, kernels, plan }) => cache !== null || (kernels ?? plan) !== undefined, {
    error: 'holds neither a cache policy nor kernels nor those of a plan',
    path: ['cache'],
  });

export type Policies = ReadonlyDeep<z.infer<typeof policiesSchema>>;

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodePolicies(policies: Policies): Iterable<string> {
  return encodeDocument(policies, NAME, policiesSchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodePolicies(text: string): Policies {
  return decodeDocument(text, 'policies', { [NAME]: () => policiesSchema });
}
