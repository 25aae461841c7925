import { z } from 'zod';
import { amount } from '../number-schemas.ts';

export const provenanceSchema = z
  .enum(['estimated', 'scaled', 'measured', 'counter'])
  .describe('The weakest first; a later one replaces an earlier one.');

const boundsSchema = z
  .strictObject({ low: amount, high: amount })
  .refine(({ low, high }) => low <= high, { error: 'low must be at most high', path: ['low'] });

/** A number, where it comes from, and what was estimated before it was known better. */
export const figureSchema = z
  .strictObject({
    value: amount,
    provenance: provenanceSchema,
    estimated: amount.optional(),
    bounds: boundsSchema
      .optional()
      .describe('Within these lies the truth with the confidence of the sample.'),
  })
  .refine(
    ({ value, provenance, estimated }) =>
      provenance !== 'estimated' || estimated === undefined || estimated === value,
    { error: 'an estimated figure is its own estimate', path: ['estimated'] },
  )
  .refine(({ value, bounds }) => !bounds || (bounds.low <= value && value <= bounds.high), {
    error: 'must hold the value',
    path: ['bounds'],
  });

const factor = z.number().min(1);

/** By how much estimates of rows and of bytes were off. */
export const qErrorSchema = z.strictObject({ rows: factor, bytes: factor });
