import { createKeySlots, KEY } from './key-slots.ts';
import { addToRow, mergeIntoRow } from './merge-into-row.ts';
import type { PrefixEvent } from './prefix-event.ts';
import { rowSlices } from './row-slices.ts';
import { addRow, emptyTable } from './table-state.ts';
import type { TotalsColumns } from './totals-columns.ts';
import { rowsOf, type TotalsRows } from './totals-rows.ts';

/** Totals that grow; rows stay. */
export interface TotalsTable extends TotalsRows {
  /** Adds an event to its row, which is made where it is new. @returns The row. */
  readonly addEvent: (event: PrefixEvent) => number;
  /** Merges a row of other totals into this table. @returns The row here. */
  readonly mergeRow: (columns: TotalsColumns, row: number) => number;
  /** Merges all rows of other totals. */
  readonly merge: (totals: TotalsColumns) => void;
}

/**
 * An empty table whose masses decay by half each `halfLifeMillis`. Its rows stand outside of the heap, so that the garbage
 * collector has nothing to walk through, however many there are.
 *
 * Cost: O(1) an event or row, amortised. Memory: about 300 bytes a row, and its names.
 */
export function createTotalsTable(halfLifeMillis: number): TotalsTable {
  const table = emptyTable();
  const { keys, texts, tenants, models, layers } = table;
  const slots = createKeySlots(keys);
  const rowOf = (tenant: string, model: string, prefix: string): number => {
    const tenantId = tenants.idOf(tenant);
    const modelId = models.idOf(model);
    const prefixId = texts.idOf(prefix);
    const known = slots.find(tenantId, modelId, prefixId);
    if (known !== undefined) return known;
    const row = addRow(table);
    keys.words.set([tenantId, modelId, prefixId], row * KEY.width);
    slots.add(row);
    return row;
  };
  const mergeRow = (columns: TotalsColumns, from: number): number => {
    const { tenants: named, models: served, prefixes } = columns;
    const row = rowOf(named[from], served[from], prefixes[from]);
    mergeIntoRow(table, row, { columns, from, layerId: layers.idOf });
    return row;
  };
  return {
    ...rowsOf(table),
    find: ({ tenant, model_id, prefix_id }) => {
      const tenantId = tenants.find(tenant);
      const modelId = models.find(model_id);
      const prefixId = texts.find(prefix_id);
      if (tenantId === undefined || modelId === undefined || prefixId === undefined) return;
      return slots.find(tenantId, modelId, prefixId);
    },
    parentRowOf: (row) => {
      const { words } = keys;
      const from = row * KEY.width;
      const parent = words[from + KEY.parent];
      if (parent === 0) return undefined;
      return slots.find(words[from], words[from + KEY.model], parent - 1);
    },
    addEvent: (event) => {
      const row = rowOf(event.tenant, event.model_id, event.prefix_id);
      addToRow(table, row, event, halfLifeMillis);
      return row;
    },
    mergeRow,
    merge: (totals) => {
      for (const slice of rowSlices(totals)) {
        for (let row = 0; row < slice.rowCount; row++) mergeRow(slice, row);
      }
    },
  };
}
