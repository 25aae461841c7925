/** What every key of a cache begins with. */
export const KEY_PREFIX = 'item:';

/** The key under which an item's value lies in a cache. */
export function keyOf(item: string): string {
  return KEY_PREFIX + item;
}
