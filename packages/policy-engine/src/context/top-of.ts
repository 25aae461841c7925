/** Order of text by its code units: the same on every machine, whatever its language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The first `count` items in the order of `compare`, which must order totally.
 *
 * Cost: O(n log count) time, O(count) memory.
 */
export function topOf<T>(
  items: Iterable<T>,
  count: number,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const kept: T[] = [];
  const room = 2 * count + 16;
  for (const item of items) {
    kept.push(item);
    if (kept.length < room) continue;
    kept.sort(compare);
    kept.length = count;
  }
  kept.sort(compare);
  return kept.slice(0, count);
}
