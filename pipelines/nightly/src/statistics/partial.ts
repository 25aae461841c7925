import { join } from 'node:path';
import { z } from 'zod';

/** What one partition counted, beside its Parquet file of blocks. */
export const partialSchema = z.strictObject({
  schema: z.literal('nightly-partial/1'),
  format: z.string(),
  block_size: z.int(),
  requests: z.int(),
  block_references: z.int(),
  distinct_blocks: z.int(),
  input_tokens: z.int(),
  first_ms: z.number().nullable(),
  last_ms: z.number().nullable(),
  bad_records: z.int(),
  conflicts: z.int().describe('References to blocks that were seen under two parents.'),
  out_of_order: z.int(),
  /** Of the scores: their landmark is so many half-lives after time 0. */
  landmark: z.int(),
  half_life_ms: z.number(),
});

export type Partial = Readonly<z.infer<typeof partialSchema>>;

export function partialPaths(
  folder: string,
  name: string,
): { readonly blocks: string; readonly summary: string } {
  return { blocks: join(folder, `${name}.parquet`), summary: join(folder, `${name}.json`) };
}
