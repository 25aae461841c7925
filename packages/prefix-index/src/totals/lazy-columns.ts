import type { TotalsColumns } from './totals-columns.ts';

/** Columns whose rows are made by slices, when they are asked for; all at once where somebody reads a whole column. */
export function lazyColumns(
  known: Pick<TotalsColumns, 'rowCount' | 'numbers' | 'layers'>,
  slice: (from: number, to: number) => TotalsColumns,
): TotalsColumns {
  let whole: TotalsColumns | undefined;
  const all = (): TotalsColumns => {
    whole ??= slice(0, known.rowCount);
    return whole;
  };
  return {
    ...known,
    slice,
    get tenants() {
      return all().tenants;
    },
    get models() {
      return all().models;
    },
    get prefixes() {
      return all().prefixes;
    },
    get parents() {
      return all().parents;
    },
    get latencies() {
      return all().latencies;
    },
    get pages() {
      return all().pages;
    },
  };
}
