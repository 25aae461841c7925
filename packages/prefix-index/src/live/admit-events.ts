/** An item of a batch that is left out, and why. */
export interface RefusedEvent {
  readonly index: number;
  readonly reason: string;
}

/** A batch without the items that lie too far in the future. */
export interface Admitted<Item> {
  readonly items: readonly Item[];
  readonly refused: readonly RefusedEvent[];
  /** -Infinity where nothing is left. */
  readonly newestMillis: number;
}

/** Leaves out what is later than `latestMillis`. */
export function admitEvents<Item extends { readonly timestamp_ms: number }>(
  batch: readonly Item[],
  latestMillis: number,
): Admitted<Item> {
  const items: Item[] = [];
  const refused: RefusedEvent[] = [];
  let newestMillis = Number.NEGATIVE_INFINITY;
  for (const [index, item] of batch.entries()) {
    const { timestamp_ms: time } = item;
    if (time <= latestMillis) {
      items.push(item);
      newestMillis = Math.max(newestMillis, time);
    } else {
      const reason = `timestamp_ms ${time} is in the future: accepted are times up to ${latestMillis}`;
      refused.push({ index, reason });
    }
  }
  return { items, refused, newestMillis };
}
