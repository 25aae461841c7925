import type { SnapshotReceipt } from '../live/journal.ts';
import type { FeedbackReceipt, IngestReceipt, LiveIndex } from '../live/live-index.ts';
import { type Entry, entries } from '../suggest/entry.ts';
import type { Explanation } from '../suggest/explain.ts';
import { suggestJson } from '../suggest/suggest.ts';
import type { Suggestion, SuggestQuery } from '../suggest/suggestion.ts';
import type { EntryKey } from '../totals/prefix-event.ts';
import { type Caller, checkTenant, permit, tenantsOf } from './access.ts';
import type { HintCredits } from './hint-credits.ts';
import { WHOLE_INDEX_COST } from './rate-limit.ts';
import type {
  ExplainQuestion,
  FeedbackBody,
  IngestBody,
  ListQuestion,
  SuggestQuestion,
} from './request-schemas.ts';
import { serviceError } from './service-errors.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { createTextCache, type Staleness, type TextCache } from './text-cache.ts';

/** What the service does for a caller, over whatever transport. Each refuses what the caller's token does not cover. */
export interface ServiceCalls {
  readonly ingest: (caller: Caller, body: IngestBody) => Promise<IngestReceipt>;
  readonly feedback: (caller: Caller, body: FeedbackBody) => Promise<FeedbackReceipt>;
  readonly suggest: (caller: Caller, question: SuggestQuestion) => Suggestion;
  /** As {@link ServiceCalls.suggest}, in JSON, encoded. */
  readonly suggestJson: (caller: Caller, question: SuggestQuestion) => Buffer;
  readonly explain: (caller: Caller, question: ExplainQuestion) => Explanation;
  readonly list: (caller: Caller, question: ListQuestion) => EntryList;
  readonly snapshot: (caller: Caller) => Promise<SnapshotReceipt>;
  /** Calls after changes that concern what the caller sees, until the function that it gives is called. */
  readonly watch: (caller: Caller, question: SuggestQuestion, onChange: () => void) => () => void;
}

/** Entries of the index, in order of first appearance. */
export interface EntryList {
  readonly asOf: number | null;
  readonly entries: readonly Entry[];
}

export interface CallParts {
  /** @throws WavetuneError `service.starting`, `service.stopping` */
  readonly live: () => LiveIndex;
  readonly metrics: ServiceMetrics;
  readonly credits: HintCredits | undefined;
  readonly staleness: Staleness;
  /** Counts against the caller's rate what a call costs besides, in plain questions. @throws WavetuneError `service.rate-limited` */
  readonly charge: (caller: Caller, cost: number) => void;
}

const HINTS_A_COST = 200;
/** Chosen: enough to choose one by. */
const MOST_NAMED_KEYS = 8;

export function createCalls(parts: CallParts): ServiceCalls {
  let texts: TextCache | undefined;
  return {
    ingest: (caller, body) => ingest(parts, caller, body),
    feedback: (caller, body) => feedback(parts, caller, body),
    suggest: (caller, question) => {
      const query = queryOf(parts, caller, question);
      return parts.metrics.timeSuggest(() => suggest(parts, query));
    },
    suggestJson: (caller, question) => {
      const query = queryOf(parts, caller, question);
      return parts.metrics.timeSuggest(() => {
        if (parts.credits !== undefined) return Buffer.from(JSON.stringify(suggest(parts, query)));
        const live = parts.live();
        const make = (): Buffer => suggestJson(live.index(), query);
        texts ??= createTextCache(live, parts.staleness);
        return texts.answer(JSON.stringify(query), query.tenants, make);
      });
    },
    explain: (caller, question) => {
      const query = queryOf(parts, caller, question);
      const live = parts.live();
      return live.explain(keyOf(live, query.tenants, question), query);
    },
    list: (caller, question) => list(parts, caller, question),
    snapshot: async (caller) => {
      permit(caller, 'admin');
      return parts.live().snapshot();
    },
    watch: (caller, question, onChange) => {
      const { tenants } = queryOf(parts, caller, question);
      return parts.live().watch((change) => {
        if (tenants === undefined || tenants.some((tenant) => change.tenants.has(tenant))) {
          onChange();
        }
      });
    },
  };
}

async function ingest(
  { live, metrics }: CallParts,
  caller: Caller,
  { events, batch_id }: IngestBody,
): Promise<IngestReceipt> {
  permit(caller, 'write');
  for (const { tenant } of events) checkTenant(caller, tenant);
  const done = metrics.beginIngest();
  const batch = { ...idOf(caller, batch_id), source: caller.name, events };
  const receipt = await live().ingest(batch);
  done(receipt);
  return receipt;
}

/** Of a prefix that the index does not know there is nothing to lower, and nothing is kept. */
async function feedback(
  { live }: CallParts,
  caller: Caller,
  { feedback: items, batch_id }: FeedbackBody,
): Promise<FeedbackReceipt> {
  permit(caller, 'write');
  for (const { tenant } of items) checkTenant(caller, tenant);
  const index = live().index();
  const places = items.map((_, at) => at);
  const known = places.filter((at) => index.find(items[at]) !== undefined);
  const unknown = places.filter((at) => index.find(items[at]) === undefined);
  const receipt = await live().feedback({
    ...idOf(caller, batch_id),
    source: `${caller.name} feedback`,
    feedback: known.map((at) => items[at]),
  });
  const refused = [
    ...unknown.map((index) => ({ index, reason: 'no event of this prefix was seen' })),
    ...receipt.refused.map(({ index, reason }) => ({ index: known[index], reason })),
  ];
  return { ...receipt, refused };
}

/** Each caller has ids of its own: nobody can take another's. A digest holds no colon. */
function idOf({ name }: Caller, id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id: `${name}:${id}` };
}

function suggest({ credits, live }: CallParts, query: SuggestQuery): Suggestion {
  const suggestion = live().suggest(query);
  credits?.charge(suggestion.hints);
  return suggestion;
}

function queryOf(parts: CallParts, caller: Caller, asked: SuggestQuestion): SuggestQuery {
  const { credits } = parts;
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
    ...(credits !== undefined && { creditBytes: credits.creditBytes }),
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

/**
 * The entry that is meant, where one of the tenants alone has a prefix of this id.
 *
 * Cost: O(n) without tenant and model.
 *
 * @throws WavetuneError `service.ambiguous-prefix`
 */
function keyOf(
  live: LiveIndex,
  tenants: readonly string[] | undefined,
  { prefix_id, model_id, tenant }: ExplainQuestion,
): EntryKey {
  if (tenant !== undefined && model_id !== undefined) return { tenant, model_id, prefix_id };
  const index = live.index();
  const totals = index.totals();
  const isMeant = totals.isPrefix(prefix_id);
  const keys: EntryKey[] = [];
  for (const row of index.rows(tenants)) {
    if (!isMeant(row)) continue;
    if (model_id !== undefined && totals.modelOf(row) !== model_id) continue;
    keys.push({ tenant: totals.tenantOf(row), model_id: totals.modelOf(row), prefix_id });
    if (keys.length === MOST_NAMED_KEYS) break;
  }
  if (keys.length > 1) throw serviceError('service.ambiguous-prefix', { keys });
  return keys[0] ?? { tenant: tenant ?? '', model_id: model_id ?? '', prefix_id };
}

function list({ live }: CallParts, caller: Caller, { offset, limit, ...asked }: ListQuestion) {
  permit(caller, 'read');
  const index = live().index();
  const tenants = tenantsOf(caller, asked.tenant);
  const asOf = asked.as_of ?? index.newestMillis(tenants);
  const query = { ...(tenants !== undefined && { tenants }), asOfMillis: asOf };
  return {
    asOf: Number.isFinite(asOf) ? asOf : null,
    entries: entries(index, query).drop(offset).take(limit).toArray(),
  };
}
