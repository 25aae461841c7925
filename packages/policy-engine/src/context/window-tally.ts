import type { ItemEvent } from '../events/item-event.ts';

/** What both caches answered to one request. */
export interface Hits {
  readonly baseline: boolean;
  readonly steered: boolean;
}

export interface ItemTally {
  requests: number;
  readonly users: Set<string>;
}

/** One user's events of a window; `steps` are those since the last long pause. */
export interface UserTally {
  events: number;
  lastMillis: number;
  readonly steps: string[];
  readonly categories: Map<string, number>;
}

/** Plain counts of one window; O(events) memory, which whoever closes windows bounds. */
export interface WindowTally {
  fromMillis: number | undefined;
  toMillis: number | undefined;
  events: number;
  requests: number;
  baselineHits: number;
  steeredHits: number;
  readonly items: Map<string, ItemTally>;
  readonly users: Map<string, UserTally>;
  readonly categories: Map<string, number>;
}

export interface SessionRules {
  /** A longer pause begins another session. */
  readonly gapMillis: number;
  /** Steps kept of a session: the last ones. */
  readonly steps: number;
}

export function emptyTally(): WindowTally {
  return {
    fromMillis: undefined,
    toMillis: undefined,
    events: 0,
    requests: 0,
    baselineHits: 0,
    steeredHits: 0,
    items: new Map(),
    users: new Map(),
    categories: new Map(),
  };
}

/** Counts an event; `step` and `category` are what is shown of it, empty where nothing is. */
export function tallyEvent(
  tally: WindowTally,
  event: ItemEvent,
  shown: { readonly step: string; readonly category: string },
  rules: SessionRules,
): void {
  const { timeMillis, user, item, isRequest } = event;
  tally.fromMillis = Math.min(tally.fromMillis ?? timeMillis, timeMillis);
  tally.toMillis = Math.max(tally.toMillis ?? timeMillis, timeMillis);
  tally.events++;
  if (shown.category !== '') bump(tally.categories, shown.category);
  if (isRequest) tallyItem(tally, item, user);
  tallyUser(tally, event, shown, rules);
}

export function tallyHits(tally: WindowTally, { baseline, steered }: Hits): void {
  tally.requests++;
  if (baseline) tally.baselineHits++;
  if (steered) tally.steeredHits++;
}

function tallyItem(tally: WindowTally, item: string, user: string): void {
  const known = tally.items.get(item);
  if (known === undefined) {
    tally.items.set(item, { requests: 1, users: new Set([user]) });
    return;
  }
  known.requests++;
  known.users.add(user);
}

function tallyUser(
  tally: WindowTally,
  { user, timeMillis }: ItemEvent,
  shown: { readonly step: string; readonly category: string },
  { gapMillis, steps }: SessionRules,
): void {
  let known = tally.users.get(user);
  if (known === undefined) {
    known = { events: 0, lastMillis: timeMillis, steps: [], categories: new Map() };
    tally.users.set(user, known);
  }
  if (timeMillis - known.lastMillis > gapMillis) known.steps.length = 0;
  known.events++;
  known.lastMillis = timeMillis;
  if (shown.step !== '' && known.steps.push(shown.step) > steps) known.steps.shift();
  if (shown.category !== '') bump(known.categories, shown.category);
}

function bump(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
