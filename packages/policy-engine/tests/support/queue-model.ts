import type { EventColumns } from '../../src/events/event-columns.ts';

interface Held {
  readonly item: number;
  readonly chargedBytes: number;
  readonly expiresMillis: number;
  isThere: boolean;
}

/**
 * The TTL rule as three queues, one a time to live: each is in order of expiry by itself, so what expires or leaves first
 * stands at the head of one of them. No heap, no Redis, and fast enough for a million events.
 *
 * @returns 1 for each request that is a hit; shape `[n]`.
 */
export function queueModelHits(columns: EventColumns, limitBytes: number): Uint8Array {
  const hits = new Uint8Array(columns.timeMillis.length);
  const held = new Map<number, Held>();
  const queues = [1800, 900, 300].map((ttlSeconds) => ({
    ttlSeconds,
    line: [] as Held[],
    head: 0,
  }));
  let usedBytes = 0;
  const first = (): Held | undefined => {
    let soonest: Held | undefined;
    for (const queue of queues) {
      while (queue.head < queue.line.length && !queue.line[queue.head].isThere) queue.head++;
      const at = queue.line[queue.head];
      if (at !== undefined && (soonest === undefined || at.expiresMillis < soonest.expiresMillis)) {
        soonest = at;
      }
    }
    return soonest;
  };
  const drop = (one: Held): void => {
    one.isThere = false;
    held.delete(one.item);
    usedBytes -= one.chargedBytes;
  };
  for (let i = 0; i < hits.length; i++) {
    if (columns.isRequest[i] === 0) continue;
    const nowMillis = columns.timeMillis[i];
    for (let next = first(); next !== undefined && next.expiresMillis < nowMillis; next = first()) {
      drop(next);
    }
    const item = columns.items[i];
    if (held.has(item)) {
      hits[i] = 1;
      continue;
    }
    const chargedBytes = `item:${columns.names.items[item]}`.length + columns.sizeBytes[i] + 128;
    const use = usedBytes / limitBytes;
    const queue = queues[use < 0.5 ? 0 : use <= 0.8 ? 1 : 2];
    if (chargedBytes > limitBytes) continue;
    while (usedBytes + chargedBytes > limitBytes) drop(first() as Held);
    const expiresMillis = nowMillis + queue.ttlSeconds * 1000;
    const stored = { item, chargedBytes, expiresMillis, isThere: true };
    queue.line.push(stored);
    held.set(item, stored);
    usedBytes += chargedBytes;
  }
  return hits;
}
