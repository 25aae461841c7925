import { z } from 'zod';

const ascending = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value > values[i - 1]);
const edges = z.array(z.number()).refine(ascending, { error: 'must ascend' });

const featureSchema = z
  .strictObject({
    name: z.string(),
    thresholds: edges.describe('The level of a value is how many of these it reaches.'),
    weights: z.array(z.number()).describe('One a level.'),
  })
  .refine(({ thresholds, weights }) => weights.length === thresholds.length + 1, {
    error: 'must hold one number a level',
    path: ['weights'],
  });

/**
 * What ranks blocks by what holding them is worth, to be looked up by a planner without this project.
 *
 * At a touch of a block: `intercept` plus each feature's weight at its level is the score; the band is how many of
 * `band_scores` it reaches, the gap group how many of `gap_levels` the level of the feature `gap-millis` reaches; the row
 * of `values` is band × (gap levels + 1) + gap group. The column is the last bound in `age_ms` that the time since the
 * touch reaches. The leaf of least value leaves first; a block enters only where its own value at age 0 is above that of
 * the leaf it would displace.
 */
export const learnedTableSchema = z
  .strictObject({
    features: z.array(featureSchema).min(1),
    intercept: z.number(),
    band_scores: edges,
    gap_levels: edges,
    age_ms: edges.min(1).describe('Lower bounds of the age buckets, from 0.'),
    values: z.array(z.array(z.number())).describe('By class and age.'),
    unit: z.literal('hits a block-second'),
  })
  .refine(
    (table) =>
      table.values.length === (table.band_scores.length + 1) * (table.gap_levels.length + 1),
    { error: 'must hold one row a band and gap group', path: ['values'] },
  )
  .refine((table) => table.values.every((row) => row.length === table.age_ms.length), {
    error: 'must hold one number an age in each row',
    path: ['values'],
  });
