import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { count } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';

const NAME = 'cache-plan/1';

/** Chosen: far above what executors carry out of one plan, far below what could harm one. */
const MOST_ENTRIES = 1000;
const LONGEST_KEY = 1024;
const LONGEST_VALUE = 65_536;

const key = z.string().min(1).max(LONGEST_KEY);

const prefetchSchema = z.strictObject({
  k: key,
  v: z
    .string()
    .max(LONGEST_VALUE)
    .nullable()
    .optional()
    .describe("A planner's guess at the value; an executor reads the true one from the catalog."),
  ttl: z.number().describe('Seconds; an executor clamps them.'),
});

/** What a planner wants of the steered cache; whose caps and namespace hold is the executor's to say. */
export const cachePlanSchema = z.strictObject({
  schema: z.literal(NAME),
  id: z
    .string()
    .min(1)
    .max(128)
    .describe('Names the plan: it is carried out once, however often it is delivered.'),
  window: count.describe('Whose context it was made from, from 0.'),
  created: count.describe('Milliseconds since 1970 by the clock of the events.'),
  expires: count.describe('From then on it is dropped unseen; the same clock.'),
  evict: z.array(key).max(MOST_ENTRIES).describe('Keys to drop, the most useless first.'),
  prefetch: z.array(prefetchSchema).max(MOST_ENTRIES).describe('Keys to load, the best first.'),
});

export type CachePlan = ReadonlyDeep<z.infer<typeof cachePlanSchema>>;

/** A key that is to be loaded. */
export type PrefetchEntry = CachePlan['prefetch'][number];

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodeCachePlan(plan: CachePlan): Iterable<string> {
  return encodeDocument(plan, NAME, cachePlanSchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodeCachePlan(text: string): CachePlan {
  return decodeDocument(text, 'cache-plan', { [NAME]: () => cachePlanSchema });
}
