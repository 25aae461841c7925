import { z } from 'zod';
import { amount, count, positiveCount } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';

const summary = z.record(z.string(), z.number());

/** What the datajax shape says of a run, under the names that its readers know; null and {} where it does not apply. */
export const datajaxMetaShape = {
  page_bits: count.nullable(),
  row_count: count,
  approx_bytes: count.nullable(),
  key_column: z.string().nullable(),
  size_column: z.string().nullable(),
  prefix_len: count.nullable(),
  chunk_len_column: z.string().nullable(),
  chunk_len_summary: summary,
  window_column: z.string().nullable(),
  window_summary: summary,
};

const inputFile = z.strictObject({ path: z.string(), bytes: count });

const layout = z.strictObject({
  order: z.string(),
  extents_per_request: z.strictObject({
    arrival: amount.nullable(),
    hottest: amount.nullable(),
    packed: amount.nullable(),
  }),
  bytes_per_extent: amount.nullable(),
});

const quality = z.strictObject({
  quarantined: count,
  duplicate_files: z.array(z.string()),
  parent_conflicts: count,
  out_of_order: count,
});

/** Where a document comes from and what its figures rest on. A ratio of nothing is null. */
export const metaSchema = z.strictObject({
  ...datajaxMetaShape,
  generator: z.string(),
  inputs: z.array(inputFile),
  format: z.string(),
  block_size: positiveCount.describe('Tokens in a full block; 1 where a block has no tokens.'),
  tail: z.enum(['count', 'drop']),
  namespaced: z.boolean().describe('Block ids are prefixed by the file they mean something in.'),
  requests: count,
  block_references: count,
  distinct_blocks: count,
  input_tokens: count,
  ceiling_hit_tokens: count.describe('Hit tokens of an infinite cache.'),
  model: z.string().nullable(),
  bytes_per_token: amount.nullable(),
  page_bytes: positiveCount.nullable().describe('Bytes of one page: one block, all layers.'),
  as_of_ms: z.number().nullable(),
  half_life_ms: z.number().positive().nullable(),
  kept: z.strictObject({ rule: z.string(), blocks: count }),
  layout,
  quality,
  wave_windows: z
    .array(z.strictObject({ begin_ms: z.number(), requests: count }))
    .describe('The request window of each wave, in the order of waves[].'),
});

export type Meta = ReadonlyDeep<z.infer<typeof metaSchema>>;
