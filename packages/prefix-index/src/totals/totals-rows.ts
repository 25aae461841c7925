import { withFlatLists } from './flat-columns.ts';
import { KEY } from './key-slots.ts';
import { lazyColumns } from './lazy-columns.ts';
import type { EntryKey } from './prefix-event.ts';
import type { TableState } from './table-state.ts';
import {
  type FlatPairs,
  type FlatTriples,
  ROW_WIDTH,
  type TotalsColumns,
} from './totals-columns.ts';

/** Rows of totals, one a key, numbered from 0 in order of first appearance; to read. */
export interface TotalsRows {
  readonly rowCount: () => number;
  /** The row of a key; undefined where there is none. */
  readonly find: (key: EntryKey) => number | undefined;
  /** Shape `[rows, ROW_WIDTH]` and room for more; valid until the next row is added. */
  readonly numbers: () => Float64Array;
  readonly tenantOf: (row: number) => string;
  readonly modelOf: (row: number) => string;
  readonly prefixOf: (row: number) => string;
  /** Whether rows are of this prefix, of whatever tenant and model. The look-up is done once: O(1) a row, no string made. */
  readonly isPrefix: (prefix: string) => (row: number) => boolean;
  readonly parentOf: (row: number) => string | undefined;
  /** The row of its parent: of the same tenant and model. Undefined where it names none, or where there is no such row. */
  readonly parentRowOf: (row: number) => number | undefined;
  readonly latenciesOf: (row: number) => FlatPairs;
  readonly pagesOf: (row: number) => FlatTriples;
  readonly layerName: (layer: number) => string;
  /** Negative where row `a` comes before row `b` by tenant, model and prefix, in code-unit order. */
  readonly compareKeys: (a: number, b: number) => number;
  /** All rows in columns, made when they are asked for; valid until the next change. */
  readonly columns: () => TotalsColumns;
}

/** What is read by the number of a row. */
export function rowsOf(table: TableState): Omit<TotalsRows, 'find' | 'parentRowOf'> {
  const { texts, tenants, models, layers, latencies, pages } = table;
  return {
    rowCount: () => table.rowCount,
    numbers: () => table.numbers,
    tenantOf: (row) => tenants.list[keyOf(table, row, 'tenant')],
    modelOf: (row) => models.list[keyOf(table, row, 'model')],
    prefixOf: (row) => texts.textOf(keyOf(table, row, 'prefix')),
    isPrefix: (prefix) => {
      const id = texts.find(prefix);
      return (row) => keyOf(table, row, 'prefix') === id;
    },
    parentOf: (row) => parentOf(table, row),
    latenciesOf: latencies.get,
    pagesOf: pages.get,
    layerName: (layer) => layers.list[layer],
    compareKeys: (a, b) =>
      compareNames(tenants.list, keyOf(table, a, 'tenant'), keyOf(table, b, 'tenant')) ||
      compareNames(models.list, keyOf(table, a, 'model'), keyOf(table, b, 'model')) ||
      texts.compare(keyOf(table, a, 'prefix'), keyOf(table, b, 'prefix')),
    columns: () => {
      const { rowCount } = table;
      const numbers = table.numbers.subarray(0, rowCount * ROW_WIDTH);
      const known = { rowCount, numbers, layers: layers.list };
      return lazyColumns(known, (from, to) => sliceOf(table, from, to));
    },
  };
}

function compareNames(names: readonly string[], a: number, b: number): number {
  if (a === b) return 0;
  return names[a] < names[b] ? -1 : 1;
}

function sliceOf(table: TableState, from: number, to: number): TotalsColumns {
  const { tenants, models, layers, texts } = table;
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return withFlatLists(
    {
      rowCount: to - from,
      tenants: rows.map((row) => tenants.list[keyOf(table, row, 'tenant')]),
      models: rows.map((row) => models.list[keyOf(table, row, 'model')]),
      prefixes: rows.map((row) => texts.textOf(keyOf(table, row, 'prefix'))),
      parents: rows.map((row) => parentOf(table, row)),
      numbers: table.numbers.subarray(from * ROW_WIDTH, to * ROW_WIDTH),
      layers: layers.list,
    },
    { latencies: table.latencies.slice(from, to), pages: table.pages.slice(from, to) },
  );
}

function parentOf(table: TableState, row: number): string | undefined {
  const parent = keyOf(table, row, 'parent');
  return parent === 0 ? undefined : table.texts.textOf(parent - 1);
}

function keyOf(
  { keys }: TableState,
  row: number,
  part: Exclude<keyof typeof KEY, 'width'>,
): number {
  return keys.words[row * KEY.width + KEY[part]];
}
