import type { FlatLists, TotalsColumns } from './totals-columns.ts';

/** Totals whose lists are flat; `latencies` and `pages` are made of them when they are first asked for. */
export function withFlatLists(
  columns: Omit<TotalsColumns, 'latencies' | 'pages' | 'flat'>,
  flat: NonNullable<TotalsColumns['flat']>,
): TotalsColumns {
  let latencies: TotalsColumns['latencies'] | undefined;
  let pages: TotalsColumns['pages'] | undefined;
  return {
    ...columns,
    flat,
    get latencies() {
      latencies ??= listsOf(flat.latencies);
      return latencies;
    },
    get pages() {
      pages ??= listsOf(flat.pages);
      return pages;
    },
  };
}

/** The lists of the rows from `from` until before `to`. */
export function sliceFlat({ ends, items }: FlatLists, from: number, to: number): FlatLists {
  const base = from === 0 ? 0 : ends[from - 1];
  return {
    ends: ends.slice(from, to).map((end) => end - base),
    items: items.subarray(base, to === 0 ? 0 : ends[to - 1]),
  };
}

function listsOf({ ends, items }: FlatLists): readonly (readonly number[])[] {
  return Array.from(ends, (end, row) => {
    const list: number[] = [];
    for (let at = row === 0 ? 0 : ends[row - 1]; at < end; at++) list.push(items[at]);
    return list;
  });
}
