import { z } from 'zod';

const ratio = z.number().nullable();

/** What a night is judged by, and later nights beside it. */
export const figuresSchema = z.strictObject({
  schema: z.literal('nightly-figures/1'),
  run: z.string(),
  /** Of what was read tonight. */
  added: z.strictObject({
    partitions: z.int(),
    formats: z.array(z.string()),
    block_sizes: z.array(z.int()),
    requests: z.int(),
    block_references: z.int(),
    distinct_blocks: z.int(),
    input_tokens: z.int(),
    bad_records: z.int(),
    conflicts: z.int(),
    out_of_order: z.int(),
    /** Share of the partitions with times outside their day, by more than an hour; null where nobody can tell. */
    out_of_day: ratio,
  }),
  /** Of the window that is replayed. */
  window: z.strictObject({
    /** Days of logs in it; 1 where logs have no day. */
    days: z.int(),
    /** Of the whole window, the part that only warms the cache included. */
    all_requests: z.int(),
    all_references: z.int(),
    requests: z.int(),
    input_tokens: z.int(),
    ceiling_ratio: ratio,
    policy: z.string(),
    capacity_blocks: z.int(),
    hit_ratio: ratio,
    default_ratio: ratio,
    hit_tokens: z.int(),
    verdict: z.enum(['use', 'keep default']),
    gain: z.number().nullable(),
    gain_error: z.number().nullable(),
    /** Of the policy that is published where another than tonight's choice stays in use, on tonight's validation slice. */
    in_use: z
      .strictObject({ policy: z.string(), hit_ratio: ratio, default_ratio: ratio })
      .optional(),
  }),
});

export type Figures = Readonly<z.infer<typeof figuresSchema>>;
