import { parseSize } from '@wavetune/core';
import { z } from 'zod';
import { MOST_HINTS } from '../suggest/suggest.ts';
import { OUTCOMES } from '../totals/feedback.ts';
import { WEIGHTS } from '../totals/settings.ts';

/** As far from 1970 as dates go. */
const LAST_MILLIS = 8.64e15;
const MOST_ITEMS = 20_000;
const DEFAULT_HINTS = 10;
const DURATION = /^(\d+(?:\.\d+)?)(ms|[smhdw])?$/;
const UNIT_MILLIS = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

const name = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
    error: 'accepted is text without control characters and lone surrogates',
  });
const count = z.int().min(0);
const millis = z.number().min(0).max(LAST_MILLIS);
const time = z.number().min(-LAST_MILLIS).max(LAST_MILLIS);

const key = { prefix_id: name, tenant: name, model_id: name };

const prefixEvent = z
  .object({
    ...key,
    layer: z.union([z.string().max(128), count]).exactOptional(),
    page_start: count.exactOptional(),
    page_end: count.exactOptional(),
    bytes: count,
    latency_ms: millis.exactOptional(),
    timestamp_ms: time,
    parent_prefix_id: name.exactOptional(),
    tokens: count.exactOptional(),
    prefill_ms: millis.exactOptional(),
  })
  .refine(({ page_start: start, page_end: end }) => (start === undefined) === (end === undefined), {
    error: 'page_start and page_end come together',
  })
  .refine(({ page_start: start = 0, page_end: end = start }) => start <= end, {
    error: 'page_end is before page_start',
  })
  .describe('One use of the pages of a prefix. Other fields are not read and not kept.');

const feedbackItem = z.object({
  ...key,
  outcome: z.enum(OUTCOMES),
  cost_ms: millis.exactOptional(),
  timestamp_ms: time,
});

const batchId = name
  .optional()
  .describe('A batch of the same id counts once; the digest of its content where there is none.');

/** What `/ingest` takes. */
export const ingestBody = z.object({
  events: z.array(prefixEvent).max(MOST_ITEMS),
  batch_id: batchId,
});

/** What `/feedback` takes. */
export const feedbackBody = z.object({
  feedback: z.array(feedbackItem).max(MOST_ITEMS),
  batch_id: batchId,
});

const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/, 'accepted is a number')
  .transform(Number)
  .pipe(z.number());

const duration = z
  .string()
  .regex(DURATION, 'accepted is a time such as 90s, 15m, 6h or 7d, or milliseconds')
  .transform((text) => {
    const [, number, unit = 'ms'] = DURATION.exec(text) ?? [];
    return Number(number) * UNIT_MILLIS[unit as keyof typeof UNIT_MILLIS];
  });

const size = z
  .string()
  .max(32)
  .transform((text, context) => {
    try {
      return parseSize(text);
    } catch {
      context.addIssue('accepted is a size such as 8GiB, or bytes');
      return z.NEVER;
    }
  });

const moment = z
  .string()
  .max(40)
  .transform((text) => {
    if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
    const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':');
    return Date.parse(hasZone ? text : `${text}Z`);
  })
  .refine((atMillis) => Math.abs(atMillis) <= LAST_MILLIS, {
    error:
      'accepted is a date in ISO 8601, UTC where no zone is written, or milliseconds since 1970',
  });

const question = {
  tenant: name
    .optional()
    .describe('Hints of this tenant alone; of all that the token covers otherwise.'),
  weight: z.enum(WEIGHTS).optional(),
  min_score: decimal.pipe(z.number().min(0)).optional(),
  max_age: duration.optional().describe('Last seen at most so long before the as-of time: 6h'),
  budget: size.optional().describe('What all hints may take up together: 8GiB'),
  as_of: moment.optional().describe('Event time; that of the newest event otherwise.'),
};

const hintCount = decimal.pipe(z.int().min(1).max(MOST_HINTS)).optional();

/** What `/suggest` is asked: texts, as they stand behind a question mark. */
export const suggestQuestion = z
  .strictObject({ top_k: hintCount, ...question })
  .transform(({ top_k: topK = DEFAULT_HINTS, ...asked }) => ({ topK, ...asked }));

/** What `/explain` is asked. */
export const explainQuestion = z
  .strictObject({ prefix_id: name, model_id: name.optional(), top_k: hintCount, ...question })
  .transform(({ top_k: topK = DEFAULT_HINTS, ...asked }) => ({ topK, ...asked }));

/** What `GET /snapshot` is asked. */
export const listQuestion = z
  .strictObject({
    tenant: question.tenant,
    as_of: question.as_of,
    offset: decimal.pipe(count).optional(),
    limit: decimal.pipe(z.int().min(1).max(10_000)).optional(),
  })
  .transform(({ offset = 0, limit = 1000, ...asked }) => ({ offset, limit, ...asked }));

export type IngestBody = z.output<typeof ingestBody>;
export type FeedbackBody = z.output<typeof feedbackBody>;
export type SuggestQuestion = z.output<typeof suggestQuestion>;
export type ExplainQuestion = z.output<typeof explainQuestion>;
export type ListQuestion = z.output<typeof listQuestion>;
