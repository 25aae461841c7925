import { rowSlices } from '../totals/row-slices.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable, type TotalsTable } from '../totals/totals-table.ts';

/** A row a key. */
export async function mergeRows(
  chunks: AsyncIterable<TotalsColumns>,
  halfLifeMillis: number,
): Promise<TotalsTable> {
  const table = createTotalsTable(halfLifeMillis);
  for await (const chunk of chunks) table.merge(chunk);
  return table;
}

/** The rows of keys that were seen at this time or later. */
export function rowsSince(
  totals: TotalsColumns,
  halfLifeMillis: number,
  beforeMillis: number,
): TotalsColumns {
  const kept = createTotalsTable(halfLifeMillis);
  for (const slice of rowSlices(totals)) {
    for (let row = 0; row < slice.rowCount; row++) {
      if (lastSeenMillis(slice, row) >= beforeMillis) kept.mergeRow(slice, row);
    }
  }
  return kept.columns();
}

function lastSeenMillis({ numbers }: TotalsColumns, row: number): number {
  return numbers[row * ROW_WIDTH + AT.lastSeenMillis];
}
