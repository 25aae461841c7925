import type { FlatLists } from '../totals/totals-columns.ts';

/** Lists that are written one behind the other; `items` has room for all of them. */
export interface GrowingLists {
  readonly ends: Uint32Array;
  readonly items: Float64Array;
  listCount: number;
  itemCount: number;
}

export function newLists(listCount: number, mostItems: number): GrowingLists {
  return {
    ends: new Uint32Array(listCount),
    items: new Float64Array(mostItems),
    listCount: 0,
    itemCount: 0,
  };
}

/** What was written since the last list ended is a list. */
export function endList(lists: GrowingLists): void {
  lists.ends[lists.listCount++] = lists.itemCount;
}

export function writtenLists({ ends, items, itemCount }: GrowingLists): FlatLists {
  return { ends, items: items.subarray(0, itemCount) };
}

/** All lists of all parts, in order. */
export function joinedLists(parts: readonly FlatLists[]): FlatLists {
  const sum = (of: (part: FlatLists) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const lists = newLists(
    sum(({ ends }) => ends.length),
    sum(({ items }) => items.length),
  );
  for (const { ends, items } of parts) {
    lists.items.set(items, lists.itemCount);
    for (const end of ends) lists.ends[lists.listCount++] = lists.itemCount + end;
    lists.itemCount += items.length;
  }
  return writtenLists(lists);
}
