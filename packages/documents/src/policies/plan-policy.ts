import { z } from 'zod';
import { amount, positiveCount, ratio } from '../number-schemas.ts';
import { figureSchema, provenanceSchema } from '../plan-metrics/figure-schema.ts';
import { verdictSchema } from './cache-policy.ts';

const stagingSchema = z.strictObject({
  BM: positiveCount.describe('Rows of a tile.'),
  BK: positiveCount.describe('Bytes of each row that one copy takes.'),
  stage_depth: positiveCount.describe('Tiles that shared memory holds at once.'),
  num_warps: positiveCount,
});

const micros = z.number().positive();

/** How the rows that a node of a plan moves are staged, beside what a copy kernel does untold. */
export const planStagingSchema = z
  .strictObject({
    at: z.string().describe('The node’s place in the plan, as in plan-metrics/1.'),
    node: z.string().describe('What the node does: join, aggregate, repartition, …'),
    kind: z.enum(['gather', 'pack', 'join-probe', 'aggregate-probe']),
    columns: z.array(z.string()).describe('Staged, in the order of the plan.'),
    rows: positiveCount.describe('On one rank.'),
    row_bytes: z.number().positive(),
    table_bytes: amount.describe('What rows are looked up in; 0 where nothing is.'),
    source: provenanceSchema.describe('What rows and bytes rest on.'),
    policy: stagingSchema.describe('What to run: ours where used, else the baseline.'),
    baseline: z.strictObject({
      name: z.string(),
      policy: stagingSchema,
      micros,
      feasible: z.boolean(),
    }),
    ours: z.strictObject({
      policy: stagingSchema,
      micros,
      bytes_in_flight: amount,
      bytes_needed: amount.describe('In flight for memory to run at its rate (Little’s law).'),
    }),
    heuristic: z
      .strictObject({ micros, feasible: z.boolean() })
      .nullable()
      .describe('The tile of datajax’s formula on this movement; null where it has none.'),
    gain: z.number().describe('Baseline micros / our micros − 1; modelled.'),
    verdict: verdictSchema,
  })
  .refine(
    ({ verdict, gain, baseline }) => verdict === 'keep default' || gain > 0 || !baseline.feasible,
    { error: '"use" needs a gain', path: ['verdict'] },
  )
  .refine(({ verdict, baseline }) => verdict === 'use' || baseline.feasible, {
    error: 'a default that cannot run is not kept',
    path: ['verdict'],
  })
  .refine(
    ({ policy, verdict, ours, baseline }) =>
      isSameStaging(policy, verdict === 'use' ? ours.policy : baseline.policy),
    { error: 'must be ours where used, else the baseline', path: ['policy'] },
  );

/** What the original tool prints for a plan, value for value. */
const datajaxSchema = z.strictObject({
  metrics: z.record(z.string(), z.unknown()),
  policy: z.strictObject({
    BM: positiveCount,
    BN: positiveCount,
    BK: positiveCount,
    swizzle_size: positiveCount,
    stage_depth: positiveCount,
    notes: z.array(z.string()),
  }),
});

/** The policies of a plan trace. */
export const planPolicySchema = z
  .strictObject({
    format: z.enum(['ir/1', 'datajax']),
    strategy: z.enum(['modelled', 'datajax']),
    world_size: positiveCount.describe('Ranks; each moves its share of the rows.'),
    calibration: z.string().nullable(),
    margin: amount.describe('Gain for which the default is left.'),
    sample: z
      .strictObject({
        rows: positiveCount,
        of_rows: positiveCount,
        parts: positiveCount.describe('Stretches of rows that were drawn.'),
        confidence: ratio.describe('Of the figures’ bounds.'),
      })
      .nullable()
      .describe('Null where all rows were read.'),
    figures: z.strictObject({
      input_rows: figureSchema,
      input_bytes: figureSchema,
      shuffle_bytes: figureSchema,
      occupancy: figureSchema.nullable(),
      l2_reuse: figureSchema.nullable(),
    }),
    pack_order: z.array(z.string()).describe('Columns, the most referenced first.'),
    reuse: ratio.nullable().describe('Share of the references that the first of them has.'),
    stagings: z.array(planStagingSchema),
    total: z.strictObject({ baseline_micros: amount, micros: amount }),
    datajax: datajaxSchema.nullable(),
    datajax_absent: z.string().optional().describe('Why `datajax` is null.'),
    notes: z.array(z.string()),
  })
  .refine(({ strategy, datajax }) => strategy === 'modelled' || datajax !== null, {
    error: 'the datajax strategy needs datajax’s policy',
    path: ['datajax'],
  });

type Staging = z.infer<typeof stagingSchema>;

function isSameStaging(left: Staging, right: Staging): boolean {
  return (Object.keys(left) as (keyof Staging)[]).every((field) => left[field] === right[field]);
}
