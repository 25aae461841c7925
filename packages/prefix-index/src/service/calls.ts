import type { SnapshotReceipt } from '../live/journal.ts';
import type { FeedbackReceipt } from '../live/live-index.ts';
import { type Caller, permit, tenantsOf } from './access.ts';
import { WHOLE_INDEX_COST } from './rate-limit.ts';
import type {
  ExplainQuestion,
  FeedbackBody,
  IngestBody,
  ListQuestion,
  SuggestQuestion,
} from './request-schemas.ts';
import type { IngestAnswer, ServedIndex, ServedQuery, Writer } from './served-index.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { createTextCache, type Staleness, type TextCache } from './text-cache.ts';
import type { HeldText } from './text-rooms.ts';

/**
 * What the service does for a caller, over whatever transport. Each refuses what the caller's token does not cover. Answers
 * of the index are JSON, encoded; a body is that too, or what was read of it and checked.
 */
export interface ServiceCalls {
  readonly ingest: (caller: Caller, body: Uint8Array | IngestBody) => Promise<IngestAnswer>;
  readonly feedback: (caller: Caller, body: Uint8Array | FeedbackBody) => Promise<FeedbackReceipt>;
  /** Whoever gets an answer holds it, and lets it go. */
  readonly suggest: (caller: Caller, question: SuggestQuestion) => Promise<HeldText>;
  /** As `suggest`, and never older than the last change that was told of. */
  readonly suggestAnew: (caller: Caller, question: SuggestQuestion) => Promise<HeldText>;
  readonly explain: (caller: Caller, question: ExplainQuestion) => Promise<Buffer>;
  readonly list: (caller: Caller, question: ListQuestion) => Promise<Buffer>;
  readonly snapshot: (caller: Caller) => Promise<SnapshotReceipt>;
  /** Calls after changes that concern what the caller sees, until the function that it gives is called. */
  readonly watch: (caller: Caller, question: SuggestQuestion, onChange: () => void) => () => void;
}

export interface CallParts {
  /** @throws WavetuneError `service.starting`, `service.index-lost` */
  readonly served: () => ServedIndex;
  readonly metrics: ServiceMetrics;
  readonly staleness: Staleness;
  /** Counts against the caller's rate what a call costs besides, in plain questions. @throws WavetuneError `service.rate-limited` */
  readonly charge: (caller: Caller, cost: number) => void;
}

const HINTS_A_COST = 200;

export function createCalls(parts: CallParts): ServiceCalls {
  const { served, metrics, staleness } = parts;
  let texts: TextCache | undefined;
  const suggest = async (
    caller: Caller,
    question: SuggestQuestion,
    mayBeStale: boolean,
  ): Promise<HeldText> => {
    const query = queryOf(parts, caller, question);
    const index = served();
    const done = metrics.beginSuggest();
    texts ??= createTextCache(index, staleness);
    const make = () => index.suggest(query);
    const answer = texts.answer(JSON.stringify(query), query.tenants, make, mayBeStale);
    const text = answer instanceof Promise ? await answer : answer;
    done();
    return text;
  };
  return {
    ingest: async (caller, body) => {
      permit(caller, 'write');
      const done = metrics.beginIngest();
      const answer = await served().ingest(writerOf(caller), body);
      done(answer.receipt);
      return answer;
    },
    feedback: async (caller, body) => {
      permit(caller, 'write');
      return served().feedback(writerOf(caller), body);
    },
    suggest: (caller, question) => suggest(caller, question, true),
    suggestAnew: (caller, question) => suggest(caller, question, false),
    explain: async (caller, question) => {
      const { prefix_id, model_id, tenant } = question;
      const query = queryOf(parts, caller, question);
      return bufferOf(await served().explain({ prefix_id, model_id, tenant }, query));
    },
    list: async (caller, { tenant, as_of: asOfMillis, offset, limit }) => {
      permit(caller, 'read');
      const tenants = tenantsOf(caller, tenant);
      return bufferOf(await served().list({ tenants, asOfMillis, offset, limit }));
    },
    snapshot: async (caller) => {
      permit(caller, 'admin');
      return served().snapshot();
    },
    watch: (caller, question, onChange) => {
      const { tenants } = queryOf(parts, caller, question);
      return served().watch((change) => {
        if (tenants === undefined || change.tenants === undefined) onChange();
        else if (change.tenants.some((tenant) => tenants.includes(tenant))) onChange();
      });
    },
  };
}

/** The token's digest stays here. */
function writerOf({ name, tenants }: Caller): Writer {
  return { name, tenants };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function queryOf(parts: CallParts, caller: Caller, asked: SuggestQuestion): ServedQuery {
  permit(caller, 'read');
  parts.charge(caller, extraCost(asked));
  const tenants = tenantsOf(caller, asked.tenant);
  return {
    topK: asked.topK,
    ...(tenants !== undefined && { tenants }),
    ...(asked.weight !== undefined && { weight: asked.weight }),
    ...(asked.min_score !== undefined && { minScore: asked.min_score }),
    ...(asked.max_age !== undefined && { maxAgeMillis: asked.max_age }),
    ...(asked.budget !== undefined && { budgetBytes: asked.budget }),
    ...(asked.as_of !== undefined && { asOfMillis: asked.as_of }),
  };
}

/**
 * What a question costs besides one, in plain questions: another weight or time sorts all that there is, a budget looks at
 * some thousands of prefixes, and each hundred of hints is written.
 */
function extraCost({ topK, weight, as_of, budget }: SuggestQuestion): number {
  const sorting = weight === undefined && as_of === undefined ? 0 : WHOLE_INDEX_COST;
  const packing = budget === undefined ? 0 : WHOLE_INDEX_COST;
  return Math.floor(topK / HINTS_A_COST) + sorting + packing;
}
