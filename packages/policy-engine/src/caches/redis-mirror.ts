import { cacheError } from './cache-errors.ts';
import { type RedisConnection, reasonOf } from './redis-connection.ts';

/**
 * Sends a stream of reads and changes to Redis, many at once, with the outcome of sending them one by one.
 *
 * Reads gather into one MGET, changes into one UNLINK and one MSET after it; a read of a key that the batch changes sends
 * the batch first. So every read is answered by Redis and sees what came before it.
 */
export interface RedisMirror {
  /** @param place - What `answer` is told with Redis' answer. */
  read(key: string, place: number): void;
  store(key: string, sizeBytes: number): void;
  remove(key: string): void;
  /** Waits while too much is under way. @throws WavetuneError `cache.refused`. */
  throttle(): Promise<void>;
  /** Sends what is gathered and waits for every answer. @throws WavetuneError `cache.refused`. */
  settle(): Promise<void>;
}

const BATCH_READS = 256;
const BATCH_BYTES = 2 ** 20;
const MOST_BATCHES = 16;
const REMOVED = -1;

export function createRedisMirror(
  connection: RedisConnection,
  answer: (place: number, isThere: boolean) => void,
): RedisMirror {
  let batch = emptyBatch();
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const send = (): void => {
    if (batch.keys.length === 0 && batch.changes.size === 0) return;
    const sent = sendBatch(connection, batch, answer).catch((cause) => {
      failure ??= cause;
    });
    underWay.add(sent);
    void sent.then(() => underWay.delete(sent));
    batch = emptyBatch();
  };
  const waitFor = async (most: number): Promise<void> => {
    while (underWay.size > most && failure === undefined) await Promise.race(underWay);
    if (failure === undefined) return;
    const details = { url: connection.name, reason: reasonOf(failure) };
    throw cacheError('cache.refused', details, { cause: failure });
  };
  return {
    read: (key, place) => {
      if (batch.changes.has(key) || batch.keys.length >= BATCH_READS) send();
      batch.keys.push(key);
      batch.places.push(place);
    },
    store: (key, sizeBytes) => {
      batch.changes.set(key, sizeBytes);
      batch.storedBytes += sizeBytes;
      if (batch.storedBytes > BATCH_BYTES) send();
    },
    remove: (key) => {
      batch.changes.set(key, REMOVED);
    },
    throttle: () => waitFor(MOST_BATCHES),
    settle: () => {
      send();
      return waitFor(0);
    },
  };
}

interface Batch {
  readonly keys: string[];
  readonly places: number[];
  /** What becomes of a key: its size, or that it goes. */
  readonly changes: Map<string, number>;
  storedBytes: number;
}

function emptyBatch(): Batch {
  return { keys: [], places: [], changes: new Map(), storedBytes: 0 };
}

async function sendBatch(
  { redis }: RedisConnection,
  { keys, places, changes, storedBytes }: Batch,
  answer: (place: number, isThere: boolean) => void,
): Promise<void> {
  const removed: string[] = [];
  const stored: (string | Buffer)[] = [];
  const filler = Buffer.alloc(storedBytes, 'x');
  for (const [key, sizeBytes] of changes) {
    if (sizeBytes === REMOVED) removed.push(key);
    else stored.push(key, filler.subarray(0, sizeBytes));
  }
  const [values] = await Promise.all([
    keys.length > 0 ? redis.mgetBuffer(keys) : undefined,
    removed.length > 0 ? redis.unlink(removed) : undefined,
    stored.length > 0 ? redis.mset(stored) : undefined,
  ]);
  values?.forEach((value, i) => {
    answer(places[i], value !== null);
  });
}
