import { sliceFlat, withFlatLists } from '../totals/flat-columns.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable, type TotalsTable } from '../totals/totals-table.ts';

/** A row a key. */
export async function mergeRows(
  chunks: AsyncIterable<TotalsColumns>,
  halfLifeMillis: number,
): Promise<TotalsTable> {
  const table = createTotalsTable(halfLifeMillis);
  for await (const chunk of chunks) {
    for (let row = 0; row < chunk.rowCount; row++) table.mergeRow(chunk, row);
  }
  return table;
}

/** The rows of keys that were seen at this time or later. */
export function rowsSince(
  totals: TotalsColumns,
  halfLifeMillis: number,
  beforeMillis: number,
): TotalsColumns {
  const kept = createTotalsTable(halfLifeMillis);
  for (let row = 0; row < totals.rowCount; row++) {
    if (lastSeenMillis(totals, row) >= beforeMillis) kept.mergeRow(totals, row);
  }
  return kept.columns();
}

function lastSeenMillis({ numbers }: TotalsColumns, row: number): number {
  return numbers[row * ROW_WIDTH + AT.lastSeenMillis];
}

/** The same rows in pieces of at most `rowCount`, views of them. */
export function* rowSlices(totals: TotalsColumns, rowCount: number): Generator<TotalsColumns> {
  for (let from = 0; from < totals.rowCount; from += rowCount) {
    const to = Math.min(totals.rowCount, from + rowCount);
    const columns = {
      rowCount: to - from,
      tenants: totals.tenants.slice(from, to),
      models: totals.models.slice(from, to),
      prefixes: totals.prefixes.slice(from, to),
      parents: totals.parents.slice(from, to),
      numbers: totals.numbers.subarray(from * ROW_WIDTH, to * ROW_WIDTH),
      layers: totals.layers,
    };
    const { flat } = totals;
    yield flat === undefined
      ? {
          ...columns,
          latencies: totals.latencies.slice(from, to),
          pages: totals.pages.slice(from, to),
        }
      : withFlatLists(columns, {
          latencies: sliceFlat(flat.latencies, from, to),
          pages: sliceFlat(flat.pages, from, to),
        });
  }
}
