import { z } from 'zod';
import type { PlanWish } from './build-plan.ts';
import type { Discard } from './discard.ts';
import { bracedSpans, repairLightly } from './find-object.ts';

/** UTF-16 units. Chosen: a hundred times a plan within the usual caps. */
export const LONGEST_ANSWER = 262_144;

/** Braced spans that are tried: prose holds a few, and each costs an exception. Chosen. */
const MOST_SPANS = 50;

/** What a document may hold (`cache-plan/1`). */
const MOST_ENTRIES = 1000;
const LONGEST_KEY = 1024;

const key = z.string().refine((text) => text.length > 0 && text.length <= LONGEST_KEY, {
  error: `a key has 1 to ${LONGEST_KEY} characters`,
});

/** What a model is asked to answer; keys beside these are passed over, a value among them. */
const answerSchema = z.object({
  evict: z.array(key).max(MOST_ENTRIES),
  prefetch: z.array(z.object({ k: key, ttl: z.number() })).max(MOST_ENTRIES),
});

/** The JSON Schema of an answer within caps, for endpoints that can hold a model to one. */
export function answerJsonSchema(bounds: {
  readonly evictions: number;
  readonly prefetches: number;
}): object {
  const { evict, prefetch } = answerSchema.shape;
  const { $schema: _, ...schema } = z.toJSONSchema(
    z.object({ evict: evict.max(bounds.evictions), prefetch: prefetch.max(bounds.prefetches) }),
  );
  return schema;
}

export type ParsedAnswer =
  | { readonly wish: PlanWish; readonly discard?: undefined }
  | { readonly wish?: undefined; readonly discard: Discard };

/**
 * Reads a model's text hard: the first complete JSON object in it, after light repair where it needs some, must be a
 * plan; around it may stand what will (fences, thoughts, apologies). Nothing is guessed or completed.
 *
 * Never throws. Cost: linear in the text, which past `LONGEST_ANSWER` is not looked at.
 */
export function parseAnswer(text: string): ParsedAnswer {
  if (text.length > LONGEST_ANSWER) {
    return discard('too-large', `${text.length} characters, at most ${LONGEST_ANSWER}`);
  }
  if (!text.includes('{')) return discard('no-object', `it begins ${JSON.stringify(headOf(text))}`);
  let found = 0;
  for (const acrossLines of [false, true]) {
    for (const span of bracedSpans(text, acrossLines).take(MOST_SPANS)) {
      found++;
      const object = parseJson(span) ?? parseJson(repairLightly(span));
      if (object !== undefined) return toWish(object);
    }
  }
  if (found === 0) return discard('incomplete-object', `it ends ${JSON.stringify(tailOf(text))}`);
  return discard('not-json', `it begins ${JSON.stringify(headOf(text))}`);
}

function toWish(object: unknown): ParsedAnswer {
  const result = answerSchema.safeParse(object);
  if (result.success) return { wish: result.data };
  const { path, message } = result.error.issues[0];
  return discard('not-a-plan', `${path.join('.') || 'the object'}: ${message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function discard(kind: Discard['kind'], detail: string): ParsedAnswer {
  return { discard: { kind, detail } };
}

function headOf(text: string): string {
  return text.slice(0, 60);
}

function tailOf(text: string): string {
  return text.slice(-60);
}
