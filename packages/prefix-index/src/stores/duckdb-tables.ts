import type { AppendColumn, Chunk, Vector } from '@wavetune/engine';
import { F64, type Field, fieldsOf, I64, listOf, type Schema, scan, TEXT } from '@wavetune/ir';
import type { Names } from '../totals/names.ts';
import {
  AT,
  type FlatLists,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  type TotalsColumns,
  type TotalsNumber,
} from '../totals/totals-columns.ts';
import type { BatchRecord } from './index-store.ts';
import { PLAIN_NUMBERS, packRows, readPackedRows } from './packed-rows.ts';

/** The tables of a DuckDB store. */
export const TABLES = {
  /** What the store is: settings, its id, how much of its log it holds. One row a key. */
  store: fieldsOf({ key: TEXT, value: TEXT }),
  batches: fieldsOf({ id: TEXT, source: TEXT, events: F64, newest_ms: F64 }),
  /** Tenants, models and layers: a number each, so that an entry's row holds two texts and not four. */
  names: fieldsOf({ id: I64, name: TEXT }),
  /** A row for each commit and key; the rows of a key add up. What nobody asks DuckDB for is packed: see `packRows`. */
  totals: [
    ...fieldsOf({ tenant: I64, model: I64, prefix: TEXT, parent: TEXT }),
    ...numbersOf(PLAIN_NUMBERS),
    ...fieldsOf({ packed: listOf(I64) }),
  ],
} as const satisfies Readonly<Record<string, Schema>>;

export type TableName = keyof typeof TABLES;

/** The table `totals` of stores of the schema before, which are read and never written to. */
const LISTED_TOTALS: Schema = [
  ...fieldsOf({ tenant: I64, model: I64, prefix: TEXT, parent: TEXT }),
  ...numbersOf(TOTALS_NUMBERS),
  ...fieldsOf({ latencies: listOf(F64), pages: listOf(F64) }),
];

/** How the table `totals` holds what it holds: packed, or, until the first write to it, as numbers and lists. */
export type TotalsLayout = 'packed' | 'listed';

function numbersOf(names: readonly TotalsNumber[]): Field[] {
  return names.map((name) => ({ name, type: F64 }));
}

export function scanTable(name: TableName) {
  return scan({ format: 'table', name, columns: TABLES[name] });
}

export function scanTotals(layout: TotalsLayout) {
  if (layout === 'packed') return scanTable('totals');
  return scan({ format: 'table', name: 'totals', columns: LISTED_TOTALS });
}

/** The columns of a table, their values in its order. */
export function columnsOf(
  name: TableName,
  values: readonly AppendColumn['values'][],
): readonly AppendColumn[] {
  return TABLES[name].map(({ type }, i) => ({ type, values: values[i] }));
}

/** Rows as they are appended; names that are new are added to `names`. */
export function totalsToColumns(totals: TotalsColumns, names: Names): readonly AppendColumn[] {
  const { rowCount, tenants, models, prefixes, parents, numbers, flat } = totals;
  const plain = PLAIN_NUMBERS.map((name) => {
    const column = new Float64Array(rowCount);
    const at = AT[name];
    for (let row = 0; row < rowCount; row++) column[row] = numbers[row * ROW_WIDTH + at];
    return column;
  });
  const layerIds = totals.layers.map(names.idOf);
  const { ends, words } = packRows({
    numbers,
    latencies: flat?.latencies ?? flatLists(totals.latencies.slice(0, rowCount)),
    pages: renumbered(flat?.pages ?? flatLists(totals.pages.slice(0, rowCount)), layerIds),
  });
  return columnsOf('totals', [
    idsOf(tenants, names),
    idsOf(models, names),
    prefixes,
    parents.map((parent) => parent ?? null),
    ...plain,
    { ends, items: words },
  ]);
}

function idsOf(texts: readonly string[], names: Names): BigInt64Array {
  const ids = new BigInt64Array(texts.length);
  const words = new Uint32Array(ids.buffer);
  texts.forEach((text, row) => {
    words[2 * row] = names.idOf(text);
  });
  return ids;
}

function flatLists(lists: readonly (readonly number[])[]): FlatLists {
  const ends = new Uint32Array(lists.length);
  let count = 0;
  lists.forEach((list, row) => {
    count += list.length;
    ends[row] = count;
  });
  const items = new Float64Array(count);
  lists.forEach((list, row) => {
    items.set(list, ends[row] - list.length);
  });
  return { ends, items };
}

/** Runs in the order of their layers' numbers. */
function renumbered({ ends, items }: FlatLists, layerIds: readonly number[]): FlatLists {
  if (layerIds.every((id, layer) => id === layer)) return { ends, items };
  const named = items.slice();
  for (let at = 0; at < named.length; at += 3) named[at] = layerIds[named[at]];
  let start = 0;
  for (const end of ends) {
    if (!isByLayer(named, start, end)) sortRuns(named.subarray(start, end));
    start = end;
  }
  return { ends, items: named };
}

function isByLayer(items: Float64Array, start: number, end: number): boolean {
  for (let at = start + 3; at < end; at += 3) if (items[at - 3] > items[at]) return false;
  return true;
}

function sortRuns(runs: Float64Array): void {
  const sorted = Array.from({ length: runs.length / 3 }, (_, i) => runs.slice(3 * i, 3 * i + 3));
  sorted.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  sorted.forEach((run, i) => {
    runs.set(run, 3 * i);
  });
}

/** A chunk of the table `totals`. @throws TypeError for what no store writes. */
export function totalsFromChunk(
  chunk: Chunk,
  layout: TotalsLayout,
  names: readonly string[],
): TotalsColumns {
  const { rowCount, columns } = chunk;
  const [tenants, models, prefixes, parents, ...others] = columns;
  return {
    rowCount,
    tenants: textsOf(tenants, rowCount, names),
    models: textsOf(models, rowCount, names),
    prefixes: as(prefixes, 'text').values as readonly string[],
    parents: as(parents, 'text').values.map((parent) => parent ?? undefined),
    layers: names,
    ...(layout === 'packed' ? unpacked(others, rowCount) : unlisted(others, rowCount)),
  };
}

type Contents = Pick<TotalsColumns, 'numbers' | 'latencies' | 'pages'>;

function unpacked(columns: readonly Vector[], rowCount: number): Contents {
  const numbers = numbersFrom(columns, PLAIN_NUMBERS, rowCount);
  const { offsets, child } = as(columns[PLAIN_NUMBERS.length], 'list');
  const rows = readPackedRows(as(child, 'i64').values);
  const latencies: (readonly number[])[] = [];
  const pages: (readonly number[])[] = [];
  for (let row = 0; row < rowCount; row++) {
    const lists = rows.take(numbers, row * ROW_WIDTH, offsets[row + 1]);
    latencies.push(lists.latencies);
    pages.push(lists.pages);
  }
  return { numbers, latencies, pages };
}

function unlisted(columns: readonly Vector[], rowCount: number): Contents {
  return {
    numbers: numbersFrom(columns, TOTALS_NUMBERS, rowCount),
    latencies: listsOf(columns[ROW_WIDTH], rowCount),
    pages: listsOf(columns[ROW_WIDTH + 1], rowCount),
  };
}

/** Rows of numbers, those of these names filled in. */
function numbersFrom(
  columns: readonly Vector[],
  names: readonly TotalsNumber[],
  rowCount: number,
): Float64Array {
  const numbers = new Float64Array(rowCount * ROW_WIDTH);
  names.forEach((name, i) => {
    const { values } = as(columns[i], 'f64');
    for (let row = 0, at = AT[name]; row < rowCount; row++, at += ROW_WIDTH) {
      numbers[at] = values[row];
    }
  });
  return numbers;
}

/** A chunk of the table `batches`. */
export function batchesFromChunk({ rowCount, columns }: Chunk): readonly BatchRecord[] {
  const [ids, sources, events, newest] = columns;
  return Array.from({ length: rowCount }, (_, row) => ({
    batchId: String(as(ids, 'text').values[row]),
    source: String(as(sources, 'text').values[row]),
    events: as(events, 'f64').values[row],
    newestMillis: as(newest, 'f64').values[row],
  }));
}

export function batchesToColumns(batches: readonly BatchRecord[]): readonly AppendColumn[] {
  return columnsOf('batches', [
    batches.map(({ batchId }) => batchId),
    batches.map(({ source }) => source),
    batches.map(({ events }) => events),
    batches.map(({ newestMillis }) => newestMillis),
  ]);
}

function textsOf(ids: Vector, rowCount: number, names: readonly string[]): readonly string[] {
  const { words } = as(ids, 'i64');
  return Array.from({ length: rowCount }, (_, row) => {
    const name = names[words[2 * row]];
    if (name === undefined) throw new TypeError(`a name numbered ${words[2 * row]}`);
    return name;
  });
}

const NOTHING: readonly number[] = [];

function listsOf(vector: Vector, rowCount: number): readonly (readonly number[])[] {
  const { offsets, child } = as(vector, 'list');
  const { values } = as(child, 'f64');
  const lists: (readonly number[])[] = [];
  for (let row = 0; row < rowCount; row++) {
    const end = offsets[row + 1];
    if (offsets[row] === end) {
      lists.push(NOTHING);
      continue;
    }
    const list: number[] = [];
    for (let i = offsets[row]; i < end; i++) list.push(values[i]);
    lists.push(list);
  }
  return lists;
}

function as<Kind extends Vector['kind']>(
  vector: Vector,
  kind: Kind,
): Extract<Vector, { readonly kind: Kind }> {
  if (vector.kind !== kind) throw new TypeError(`a column of ${vector.kind} in place of ${kind}`);
  return vector as Extract<Vector, { readonly kind: Kind }>;
}
