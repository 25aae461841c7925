import { sliceFlat, withFlatLists } from './flat-columns.ts';
import { ROW_WIDTH, type TotalsColumns } from './totals-columns.ts';

/** Chosen: a few milliseconds' work. */
const ROWS_A_SLICE = 4096;

/** The same rows in pieces of at most `rowCount`, views where they stand in arrays. */
export function* rowSlices(
  totals: TotalsColumns,
  rowCount = ROWS_A_SLICE,
): Generator<TotalsColumns> {
  for (let from = 0; from < totals.rowCount; from += rowCount) {
    const to = Math.min(totals.rowCount, from + rowCount);
    yield totals.slice?.(from, to) ?? viewOf(totals, from, to);
  }
}

function viewOf(totals: TotalsColumns, from: number, to: number): TotalsColumns {
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
  if (flat === undefined) {
    const { latencies, pages } = totals;
    return { ...columns, latencies: latencies.slice(from, to), pages: pages.slice(from, to) };
  }
  return withFlatLists(columns, {
    latencies: sliceFlat(flat.latencies, from, to),
    pages: sliceFlat(flat.pages, from, to),
  });
}
