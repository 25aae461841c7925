import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { amount, count, count64, positiveCount } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import { cohortSchema, extentSchema, prefixHistogramSchema } from './cohort.ts';
import { brokenLaws } from './laws.ts';
import { datajaxMetaShape, metaSchema } from './meta.ts';
import { waveSchema } from './wave.ts';

const NAME = 'wavespec/1';

const pinsSchema = z
  .strictObject({
    method: z.enum(['exact', 'greedy']),
    budget_bytes: count,
    bytes: count,
    blocks: count,
    saved_tokens: count,
    bound_saved_tokens: amount.describe('No pin set within the budget saves more.'),
    prefixes: z
      .array(z.string())
      .describe('The deepest pinned blocks; their ancestors are pinned.'),
  })
  .refine((pins) => pins.bytes <= pins.budget_bytes, {
    error: 'bytes must not exceed budget_bytes',
    path: ['bytes'],
  })
  .refine((pins) => pins.saved_tokens <= pins.bound_saved_tokens, {
    error: 'saved_tokens must not exceed bound_saved_tokens',
    path: ['saved_tokens'],
  });

/**
 * What a trace's prefixes look like and how their pages should lie.
 *
 * Laws beyond the types: cohorts by saved tokens, descending; a page id is a position in `pack_order`, which holds
 * `meta.kept.blocks` ids; one `meta.wave_windows` entry a wave.
 */
export const waveSpecSchema = z
  .strictObject({
    schema: z.literal(NAME),
    pack_order: z.array(z.string()).describe('Ids of the kept blocks in the order of their pages.'),
    cohorts: z.array(cohortSchema),
    extents: z.array(extentSchema),
    prefix_histogram: prefixHistogramSchema,
    pins: pinsSchema.nullable(),
    waves: z.array(waveSchema),
    meta: metaSchema,
  })
  .superRefine((spec, context) => {
    for (const { path, problem } of brokenLaws(spec)) {
      context.addIssue({ code: 'custom', path: [...path], message: problem });
    }
  });

/** The document of `--prefix-mode datajax`: that tool's own fields, value for value, and `schema`. */
export const datajaxWaveSpecSchema = z.strictObject({
  schema: z.literal(NAME),
  pack_order: z.array(z.string()),
  cohorts: z.array(
    z.strictObject({ prefix: z.string(), count: positiveCount, bytes: count64.nullable() }),
  ),
  extents: z.array(z.strictObject({ start_page: count64, npages: count64 })),
  meta: z.strictObject({ ...datajaxMetaShape, approx_bytes: count64.nullable() }),
  prefix_histogram: prefixHistogramSchema,
});

export type WaveSpec = ReadonlyDeep<z.infer<typeof waveSpecSchema>>;
export type DatajaxWaveSpec = ReadonlyDeep<z.infer<typeof datajaxWaveSpecSchema>>;
/** Told apart by `waves`, which only {@link WaveSpec} has. */
export type AnyWaveSpec = WaveSpec | DatajaxWaveSpec;

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodeWaveSpec(spec: AnyWaveSpec): Iterable<string> {
  return isWaveSpec(spec)
    ? encodeDocument(spec, NAME, waveSpecSchema)
    : encodeDocument(spec, NAME, datajaxWaveSpecSchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodeWaveSpec(text: string): AnyWaveSpec {
  return decodeDocument<AnyWaveSpec>(text, 'wavespec', {
    [NAME]: (document) => ('waves' in document ? waveSpecSchema : datajaxWaveSpecSchema),
  });
}

/** True for the full document, false for datajax's. */
export function isWaveSpec(spec: AnyWaveSpec): spec is WaveSpec {
  return 'waves' in spec;
}
