import type { EntryKey, PrefixEvent } from '../totals/prefix-event.ts';
import { rowSlices } from '../totals/row-slices.ts';
import { checkSettings, MASS_AT, type StoreSettings } from '../totals/settings.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import type { TotalsRows } from '../totals/totals-rows.ts';
import { createTotalsTable, type TotalsTable } from '../totals/totals-table.ts';
import type { Places, RowOrder } from './row-heap.ts';
import { createRowList, type RowList } from './row-list.ts';
import { createScoreHeap, type ScoreHeap } from './score-heap.ts';

/**
 * All totals in memory, and heaps by which the best prefixes are found. No clock, no I/O: what it answers depends on what
 * was merged into it and on the question alone.
 */
export interface PrefixIndex {
  readonly settings: StoreSettings;
  /** Merges totals: a batch's, a store's, feedback's. O(log n) a row. */
  readonly merge: (totals: TotalsColumns) => void;
  readonly addEvents: (events: Iterable<PrefixEvent>) => void;
  readonly rowCount: () => number;
  readonly find: (key: EntryKey) => number | undefined;
  /** Moves on with the index. */
  readonly totals: () => TotalsRows;
  /** Rows by score under the settings' weight, the best first, of these tenants or of all; valid until the next change. */
  readonly best: (tenants?: readonly string[]) => Iterable<number>;
  /** All rows, of these tenants or of all. */
  readonly rows: (tenants?: readonly string[]) => Iterable<number>;
  /** Of the events of these tenants or of all; -Infinity where there is none. */
  readonly newestMillis: (tenants?: readonly string[]) => number;
  readonly tenants: () => IteratorObject<string>;
  /**
   * Forgets prefixes not seen at or after this time, some hundred rows a step, all of it with the last one; nothing may be
   * merged in between. O(n). @returns How many.
   */
  readonly pruneInSteps: (beforeMillis: number) => Generator<undefined, number>;
}

/** What is known of one tenant, or of all. */
interface Scope {
  readonly heap: ScoreHeap;
  /** Ascending. */
  readonly rows: RowList;
  newestMillis: number;
}

interface Contents {
  readonly table: TotalsTable;
  readonly everyone: Scope;
  readonly byTenant: Map<string, Scope>;
  readonly tenantPlaces: Places;
  readonly order: RowOrder;
}

/** @throws WavetuneError `prefix-index.bad-option` for a half-life that is none. */
export function createPrefixIndex(settings: StoreSettings): PrefixIndex {
  checkSettings(settings);
  let contents = emptyContents(settings);
  const scopesOf = (tenants: readonly string[] | undefined): readonly Scope[] =>
    tenants === undefined
      ? [contents.everyone]
      : [...new Set(tenants)].flatMap((tenant) => contents.byTenant.get(tenant) ?? []);
  return {
    settings,
    merge: (totals) => mergeAll(contents, totals),
    addEvents: (events) => {
      for (const event of events) place(contents, contents.table.addEvent(event));
    },
    rowCount: () => contents.table.rowCount(),
    find: (key) => contents.table.find(key),
    totals: () => contents.table,
    best: (tenants) => {
      const scopes = scopesOf(tenants);
      return scopes.length === 1 ? scopes[0].heap.best() : bestOf(scopes, contents.order);
    },
    rows: (tenants) => rowsOf(scopesOf(tenants)),
    newestMillis: (tenants) =>
      Math.max(...scopesOf(tenants).map(({ newestMillis }) => newestMillis)),
    tenants: () => contents.byTenant.keys(),
    pruneInSteps: function* (beforeMillis) {
      const before = contents.table.rowCount();
      contents = yield* survivors(contents, settings, beforeMillis);
      return before - contents.table.rowCount();
    },
  };
}

function emptyContents({ halfLifeMillis, weight }: StoreSettings): Contents {
  const table = createTotalsTable(halfLifeMillis);
  const order = byMass(table, MASS_AT[weight]);
  return {
    table,
    order,
    everyone: emptyScope(order, { of: new Int32Array(0) }),
    byTenant: new Map(),
    tenantPlaces: { of: new Int32Array(0) },
  };
}

function emptyScope(order: RowOrder, places: Places): Scope {
  return {
    heap: createScoreHeap(order, places),
    rows: createRowList(),
    newestMillis: Number.NEGATIVE_INFINITY,
  };
}

/** The greater mass first, the later landmark's half-lives counted in; by key where they are the same. */
function byMass(table: TotalsTable, at: number): RowOrder {
  const isBetter = (a: number, b: number): boolean => {
    const numbers = table.numbers();
    const from = a * ROW_WIDTH;
    const to = b * ROW_WIDTH;
    const own = numbers[from + at];
    let other = numbers[to + at];
    const later = numbers[to + AT.landmark] - numbers[from + AT.landmark];
    if (later !== 0 && own !== 0 && other !== 0) other *= 2 ** later;
    return own > other || (own === other && table.compareKeys(a, b) < 0);
  };
  const keyOf = (row: number): number => {
    const numbers = table.numbers();
    const mass = numbers[row * ROW_WIDTH + at];
    return mass === 0 ? -Infinity : numbers[row * ROW_WIDTH + AT.landmark] + Math.log2(mass);
  };
  return { isBetter, keyOf };
}

/** The best of several orders, one after another: for a handful of tenants. */
function* bestOf(scopes: readonly Scope[], { isBetter }: RowOrder): Generator<number, void> {
  const walks = scopes.map(({ heap }) => heap.best()[Symbol.iterator]());
  const heads = walks.map((walk) => walk.next().value);
  for (;;) {
    let best = -1;
    for (let i = 0; i < heads.length; i++) {
      const row = heads[i];
      if (row === undefined) continue;
      if (best < 0 || isBetter(row, heads[best] as number)) best = i;
    }
    if (best < 0) return;
    yield heads[best] as number;
    heads[best] = walks[best].next().value;
  }
}

function* rowsOf(scopes: readonly Scope[]): Generator<number, void> {
  for (const { rows } of scopes) yield* rows.values();
}

function mergeAll(contents: Contents, totals: TotalsColumns): void {
  for (const slice of rowSlices(totals)) {
    for (let row = 0; row < slice.rowCount; row++) {
      place(contents, contents.table.mergeRow(slice, row));
    }
  }
}

/** The row is new, or has changed. */
function place(contents: Contents, row: number): void {
  const { table, everyone } = contents;
  const isNew = row === everyone.rows.length();
  const lastSeen = table.numbers()[row * ROW_WIDTH + AT.lastSeenMillis];
  for (const scope of [everyone, tenantScope(contents, table.tenantOf(row))]) {
    if (isNew) scope.rows.push(row);
    scope.heap.update(row);
    scope.newestMillis = Math.max(scope.newestMillis, lastSeen);
  }
}

function tenantScope({ byTenant, order, tenantPlaces }: Contents, tenant: string): Scope {
  let scope = byTenant.get(tenant);
  if (scope === undefined) {
    scope = emptyScope(order, tenantPlaces);
    byTenant.set(tenant, scope);
  }
  return scope;
}

/** Chosen: two milliseconds or less. */
const ROWS_A_STEP = 256;

function* survivors(
  contents: Contents,
  settings: StoreSettings,
  beforeMillis: number,
): Generator<undefined, Contents> {
  const kept = emptyContents(settings);
  for (const slice of rowSlices(contents.table.columns(), ROWS_A_STEP)) {
    for (let row = 0; row < slice.rowCount; row++) {
      if (slice.numbers[row * ROW_WIDTH + AT.lastSeenMillis] < beforeMillis) continue;
      place(kept, kept.table.mergeRow(slice, row));
    }
    yield;
  }
  return kept;
}
