import { grownFloat64, grownUint32 } from '@wavetune/interning';
import { KEY, type RowKeys } from './key-slots.ts';
import { createNames, type Names } from './names.ts';
import { createNumberLists, type NumberLists } from './number-lists.ts';
import { createTextPool, type TextPool } from './text-pool.ts';
import { EMPTY_ROW, ROW_WIDTH } from './totals-columns.ts';

/** What a table of totals holds, by row; outside of the heap but for a few names. */
export interface TableState {
  rowCount: number;
  readonly keys: RowKeys;
  numbers: Float64Array;
  readonly texts: TextPool;
  readonly tenants: Names;
  readonly models: Names;
  readonly layers: Names;
  readonly latencies: NumberLists;
  readonly pages: NumberLists;
}

const FIRST_ROWS = 64;

export function emptyTable(): TableState {
  return {
    rowCount: 0,
    keys: { words: new Uint32Array(FIRST_ROWS * KEY.width) },
    numbers: new Float64Array(FIRST_ROWS * ROW_WIDTH),
    texts: createTextPool(),
    tenants: createNames([]),
    models: createNames([]),
    layers: createNames([]),
    latencies: createNumberLists(),
    pages: createNumberLists(),
  };
}

/** Makes room for the next row, of no event. @returns Its number. */
export function addRow(table: TableState): number {
  const { keys } = table;
  const row = table.rowCount++;
  keys.words = grownUint32(keys.words, table.rowCount * KEY.width);
  table.numbers = grownFloat64(table.numbers, table.rowCount * ROW_WIDTH);
  table.numbers.set(EMPTY_ROW, row * ROW_WIDTH);
  return row;
}
