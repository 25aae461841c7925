import { momentOf } from './decay.ts';
import { latencyBucket, mergeLatencies } from './latency-buckets.ts';
import { mergeNumbers } from './merge-numbers.ts';
import { mergePages } from './page-runs.ts';
import type { EntryKey, PrefixEvent } from './prefix-event.ts';
import {
  AT,
  EMPTY_ROW,
  type FlatPairs,
  type FlatTriples,
  ROW_WIDTH,
  type TotalsColumns,
} from './totals-columns.ts';

/** Totals that grow: one row a key, found by its key. Rows are numbered from 0 in order of first appearance and stay. */
export interface TotalsTable {
  readonly rowCount: () => number;
  /** The row of a key; undefined where there is none. */
  readonly find: (key: EntryKey) => number | undefined;
  /** Adds an event to its row, which is made where it is new. @returns The row. */
  readonly addEvent: (event: PrefixEvent) => number;
  /** Merges a row of other totals into this table. @returns The row here. */
  readonly mergeRow: (columns: TotalsColumns, row: number) => number;
  /** What the table holds; moves on with it, `numbers` having room for more rows. Always the same object. */
  readonly columns: () => TotalsColumns;
}

interface Columns {
  rowCount: number;
  readonly tenants: string[];
  readonly models: string[];
  readonly prefixes: string[];
  readonly parents: (string | undefined)[];
  readonly latencies: FlatPairs[];
  readonly pages: FlatTriples[];
  readonly layers: string[];
  numbers: Float64Array;
}

const NOTHING: readonly number[] = [];
const FIRST_ROWS = 64;

/**
 * An empty table whose masses decay by half each `halfLifeMillis`.
 *
 * Cost: O(1) an event or row, amortised; about 250 bytes a row and its names.
 */
export function createTotalsTable(halfLifeMillis: number): TotalsTable {
  const table = emptyColumns();
  const scopes = new Map<string, Map<string, Map<string, number>>>();
  const layerIds = new Map<string, number>();

  const rowOf = (tenant: string, model: string, prefix: string): number => {
    const rows = within(within(scopes, tenant), model);
    let row = rows.get(prefix);
    if (row === undefined) {
      row = addRow(table, [tenant, model, prefix]);
      rows.set(prefix, row);
    }
    return row;
  };
  const layerId = (name: string): number => {
    let id = layerIds.get(name);
    if (id === undefined) {
      id = table.layers.push(name) - 1;
      layerIds.set(name, id);
    }
    return id;
  };
  return {
    rowCount: () => table.rowCount,
    find: ({ tenant, model_id, prefix_id }) => scopes.get(tenant)?.get(model_id)?.get(prefix_id),
    addEvent: (event) => {
      const row = rowOf(event.tenant, event.model_id, event.prefix_id);
      addToRow(table, row, event, { halfLifeMillis, layerId });
      return row;
    },
    mergeRow: (columns, from) => {
      const { tenants, models, prefixes } = columns;
      const row = rowOf(tenants[from], models[from], prefixes[from]);
      mergeIntoRow(table, row, { columns, from, layerId });
      return row;
    },
    columns: () => table,
  };
}

/** The map under a key, made where it is not there. */
function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}

function emptyColumns(): Columns {
  return {
    rowCount: 0,
    tenants: [],
    models: [],
    prefixes: [],
    parents: [],
    latencies: [],
    pages: [],
    layers: [],
    numbers: new Float64Array(FIRST_ROWS * ROW_WIDTH),
  };
}

function addRow(
  table: Columns,
  [tenant, model, prefix]: readonly [string, string, string],
): number {
  const row = table.rowCount++;
  table.prefixes.push(prefix);
  table.tenants.push(tenant);
  table.models.push(model);
  table.parents.push(undefined);
  table.latencies.push(NOTHING);
  table.pages.push(NOTHING);
  if ((row + 1) * ROW_WIDTH > table.numbers.length) {
    const grown = new Float64Array(2 * table.numbers.length);
    grown.set(table.numbers);
    table.numbers = grown;
  }
  table.numbers.set(EMPTY_ROW, row * ROW_WIDTH);
  return row;
}

interface RowRules {
  readonly halfLifeMillis: number;
  readonly layerId: (name: string) => number;
}

function addToRow(table: Columns, row: number, event: PrefixEvent, rules: RowRules): void {
  mergeNumbers(table.numbers, row, numbersOf(event, rules.halfLifeMillis), 0);
  table.parents[row] = mergeParents(table.parents[row], event.parent_prefix_id);
  const { latency_ms: latency, page_start: start, page_end: end } = event;
  if (latency !== undefined) {
    table.latencies[row] = mergeLatencies(table.latencies[row], [latencyBucket(latency), 1]);
  }
  if (start !== undefined && end !== undefined) {
    const layer = rules.layerId(String(event.layer ?? ''));
    table.pages[row] = mergePages(table.pages[row], [layer, start, end]);
  }
}

/** What one event is as a row. */
function numbersOf(event: PrefixEvent, halfLifeMillis: number): readonly number[] {
  const { timestamp_ms: time, bytes, tokens, prefill_ms: prefill, latency_ms: latency } = event;
  const { landmark, growth } = momentOf(time, halfLifeMillis);
  const numbers = [...EMPTY_ROW];
  numbers[AT.landmark] = landmark;
  numbers[AT.bytesMass] = bytes * growth;
  numbers[AT.requestsMass] = growth;
  numbers[AT.tokensMass] = (tokens ?? 0) * growth;
  numbers[AT.prefillMass] = (prefill ?? 0) * growth;
  numbers[AT.hits] = 1;
  numbers[AT.bytes] = bytes;
  if (tokens !== undefined) numbers[AT.tokens] = tokens;
  if (prefill !== undefined) {
    numbers[AT.prefillMillis] = prefill;
    numbers[AT.prefillCount] = 1;
  }
  numbers[AT.firstSeenMillis] = time;
  numbers[AT.lastSeenMillis] = time;
  if (latency !== undefined) {
    numbers[AT.latencyMillis] = latency;
    numbers[AT.latencyCount] = 1;
  }
  const { page_start: start, page_end: end } = event;
  if (start !== undefined && end !== undefined) numbers[AT.pageBytes] = bytes / (end - start + 1);
  else numbers[AT.unpagedBytes] = bytes;
  return numbers;
}

interface ForeignRow {
  readonly columns: TotalsColumns;
  readonly from: number;
  readonly layerId: (name: string) => number;
}

function mergeIntoRow(table: Columns, row: number, { columns, from, layerId }: ForeignRow): void {
  mergeNumbers(table.numbers, row, columns.numbers, from);
  table.parents[row] = mergeParents(table.parents[row], columns.parents[from]);
  table.latencies[row] = mergeLatencies(table.latencies[row], columns.latencies[from]);
  const pages = columns.pages[from];
  if (pages.length === 0) return;
  table.pages[row] = mergePages(table.pages[row], renumbered(pages, columns.layers, layerId));
}

/** The same runs under this table's numbers of layers, in their order. */
function renumbered(
  pages: FlatTriples,
  layers: readonly string[],
  layerId: (name: string) => number,
): FlatTriples {
  let isSame = true;
  for (let at = 0; at < pages.length && isSame; at += 3) {
    const isInOrder = at === 0 || pages[at] >= pages[at - 3];
    isSame = isInOrder && layerId(layers[pages[at]]) === pages[at];
  }
  if (isSame) return pages;
  const runs: (readonly number[])[] = [];
  for (let at = 0; at < pages.length; at += 3) {
    runs.push([layerId(layers[pages[at]]), pages[at + 1], pages[at + 2]]);
  }
  return runs.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat();
}

/** Two events that name different parents disagree; then the later name in code-unit order stands, in whatever order they come. */
function mergeParents(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left > right ? left : right;
}
