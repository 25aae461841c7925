import { z } from 'zod';
import { amount, count, positiveCount } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';

/**
 * A maximal run of blocks that the same requests reference: one edge of the compressed prefix forest.
 *
 * `start_page` is null, and `npages` 0, where no block of it is kept. A kept part is always its head, so `npages ≤ blocks`.
 */
export const cohortSchema = z
  .strictObject({
    prefix: z.string().describe('Id of the last block of the run; it names the whole prefix.'),
    parent: z.string().nullable().describe('Prefix of the cohort before it; null at a root.'),
    depth: positiveCount.describe('Blocks from the root to the last block of the run.'),
    blocks: positiveCount,
    tokens: count,
    count: positiveCount.describe('Requests that reference it.'),
    bytes: count.nullable().describe('Null where nobody said what a block takes.'),
    saved_tokens: count.describe('(count − 1) × tokens: what an infinite cache saves with it.'),
    tenants: count.describe('Distinct tenants.'),
    first_seen_ms: z.number().nullable().describe('Null where the log has no times.'),
    last_seen_ms: z.number().nullable(),
    score: amount.describe('Popularity as of meta.as_of_ms, half-life meta.half_life_ms.'),
    reuse_interval_ms: z
      .strictObject({ median: amount, p90: amount })
      .nullable()
      .describe('Null where it was referenced once, or the log has no times.'),
    start_page: count.nullable(),
    npages: count,
  })
  .refine((cohort) => (cohort.start_page === null) === (cohort.npages === 0), {
    error: 'start_page must be null exactly where npages is 0',
    path: ['start_page'],
  })
  .refine((cohort) => cohort.blocks <= cohort.depth, {
    error: 'blocks must not exceed depth',
    path: ['blocks'],
  })
  .refine((cohort) => cohort.npages <= cohort.blocks, {
    error: 'npages must not exceed blocks',
    path: ['npages'],
  });

export type Cohort = ReadonlyDeep<z.infer<typeof cohortSchema>>;

/** A run of pages: of one cohort in our layout, or of one layer in a log that carries page ranges itself. */
export const extentSchema = z
  .strictObject({
    start_page: count,
    npages: positiveCount,
    bytes: count.nullable().describe('Null where nobody said what a block takes.'),
    cohort: z.string().optional().describe('Prefix of the cohort whose pages these are.'),
    layer: z.string().optional().describe('Layer of a log that carries page ranges.'),
  })
  .refine((extent) => extent.cohort === undefined || extent.layer === undefined, {
    error: 'an extent belongs to a cohort or to a layer, not to both',
  });

export type Extent = ReadonlyDeep<z.infer<typeof extentSchema>>;

/** `{"<n blocks>": distinct prefixes of that length}`. */
export const prefixHistogramSchema = z.record(
  z.string().regex(/^[1-9][0-9]*$/, 'a prefix length is a positive decimal number'),
  positiveCount,
);
