import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { nightlyError } from '../nightly-errors.ts';

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

/** @throws WavetuneError `nightly.corrupt`, with what makes it anew. */
export async function readPartial(folder: string, name: string): Promise<Partial> {
  const path = partialPaths(folder, name).summary;
  try {
    return partialSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const problem = 'it is no summary of a partition';
    const wayOut =
      'remove it and run again: the partition is counted anew where its log is still there';
    throw nightlyError('nightly.corrupt', { path, problem, wayOut }, { cause });
  }
}
