import type { Clock } from '@wavetune/core';
import type { FeedbackReceipt, LiveIndex } from '../live/live-index.ts';
import { entries } from '../suggest/entry.ts';
import { suggestJson } from '../suggest/suggest.ts';
import type { EntryKey } from '../totals/prefix-event.ts';
import { checkTenant } from './access.ts';
import { createHintCredits, type HintCredits } from './hint-credits.ts';
import { readBody } from './read-body.ts';
import { type FeedbackBody, feedbackBody, type IngestBody, ingestBody } from './request-schemas.ts';
import type {
  BareIndex,
  EntryRange,
  IngestAnswer,
  NamedEntry,
  NumberedChange,
  ServedQuery,
  ServedStats,
  Writer,
} from './served-index.ts';
import { serviceError } from './service-errors.ts';

export interface ServeOptions {
  /** What a tenant's hints may take up together; no limit where it is absent. */
  readonly credits?: { readonly windowBytes: number; readonly windowMillis: number };
  readonly clock: Clock;
}

/** Chosen: enough to choose one by. */
const MOST_NAMED_KEYS = 8;
const REPORTED_SCORES = 100;

/** A live index of this thread as the service asks it. @throws WavetuneError `prefix-index.bad-option` */
export function serveLive(live: LiveIndex, { credits, clock }: ServeOptions): BareIndex {
  const hintCredits = credits && createHintCredits({ ...credits, clock });
  const listeners = new Set<(change: NumberedChange) => void>();
  let number = 0;
  live.watch(({ tenants }) => {
    const change = { number: ++number, tenants: tenants && [...tenants] };
    for (const listener of listeners) listener(change);
  });
  return {
    ingest: (writer, body) => ingest(live, writer, body),
    feedback: (writer, body) => feedback(live, writer, body),
    suggest: async (query) => {
      const startMillis = clock.monotonicMillis();
      const text = suggestText(live, hintCredits, query);
      const tookMillis = clock.monotonicMillis() - startMillis;
      return { text, asOfChange: number, tookMillis, mayBeKept: hintCredits === undefined };
    },
    explain: async (named, query) => {
      const full = { ...query, ...(hintCredits && { creditBytes: hintCredits.creditBytes }) };
      return jsonOf(live.explain(keyOf(live, named, query.tenants), full));
    },
    list: async (range) => list(live, range),
    snapshot: () => live.snapshot(),
    stats: async () => statsOf(live),
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ended: new Promise(() => undefined),
    close: () => live.close(),
  };
}

async function ingest(
  live: LiveIndex,
  writer: Writer,
  body: Uint8Array | IngestBody,
): Promise<IngestAnswer> {
  const { events, batch_id } = readBody(ingestBody, body);
  for (const { tenant } of events) checkTenant(writer, tenant);
  const receipt = await live.ingest({ ...idOf(writer, batch_id), source: writer.name, events });
  return { receipt, events: events.length };
}

async function feedback(
  live: LiveIndex,
  writer: Writer,
  body: Uint8Array | FeedbackBody,
): Promise<FeedbackReceipt> {
  const { feedback: items, batch_id } = readBody(feedbackBody, body);
  for (const { tenant } of items) checkTenant(writer, tenant);
  const index = live.index();
  const places = items.map((_, at) => at);
  const known = places.filter((at) => index.find(items[at]) !== undefined);
  const unknown = places.filter((at) => index.find(items[at]) === undefined);
  const receipt = await live.feedback({
    ...idOf(writer, batch_id),
    source: `${writer.name} feedback`,
    feedback: known.map((at) => items[at]),
  });
  const refused = [
    ...unknown.map((index) => ({ index, reason: 'no event of this prefix was seen' })),
    ...receipt.refused.map(({ index, reason }) => ({ index: known[index], reason })),
  ];
  return { ...receipt, refused };
}

/** Each caller has ids of its own: nobody can take another's. A digest holds no colon. */
function idOf({ name }: Writer, id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id: `${name}:${id}` };
}

function suggestText(
  live: LiveIndex,
  credits: HintCredits | undefined,
  query: ServedQuery,
): Uint8Array {
  if (credits === undefined) return suggestJson(live.index(), query);
  const suggestion = live.suggest({ ...query, creditBytes: credits.creditBytes });
  credits.charge(suggestion.hints);
  return jsonOf(suggestion);
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
  { prefix_id, model_id, tenant }: NamedEntry,
  tenants: readonly string[] | undefined,
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

function list(live: LiveIndex, { tenants, asOfMillis, offset, limit }: EntryRange): Uint8Array {
  const index = live.index();
  const asOf = asOfMillis ?? index.newestMillis(tenants);
  const query = { ...(tenants !== undefined && { tenants }), asOfMillis: asOf };
  return jsonOf({
    asOf: Number.isFinite(asOf) ? asOf : null,
    entries: entries(index, query).drop(offset).take(limit).toArray(),
  });
}

function statsOf(live: LiveIndex): ServedStats {
  const { hints } = live.suggest({ topK: REPORTED_SCORES });
  return { ...live.stats(), scores: hints.map(({ score }) => score) };
}

function jsonOf(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
