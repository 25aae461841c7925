import { type Clock, systemClock } from '@wavetune/core';
import type { EventColumns, EventRange } from '../events/event-columns.ts';
import { KEY_PREFIX, keyOf } from '../events/item-key.ts';
import { cacheError } from './cache-errors.ts';
import type { CacheRules } from './cache-rules.ts';
import { claimDatabase } from './claim-database.ts';
import { type Counter, countRequest, createCounter } from './counter.ts';
import type { BatchOutcome, CacheBatch, CacheKey, LiveCache } from './live-cache.ts';
import { type RedisConnection, reasonOf } from './redis-connection.ts';
import { type RedisMemory, readRedisMemory } from './redis-memory.ts';
import { ttlSecondsOf } from './ttl-rule.ts';

export interface WallClockOptions extends CacheRules {
  /** Seconds of the trace in a second; times to live are as much shorter. */
  readonly speed: number;
}

/** Chosen: memory changes little in a fifth of a second, and asking more often would be traffic of its own. */
const MEMORY_MILLIS = 200;
/** Commands under way take memory that Redis counts as used. */
const ASKED_AT_ONCE = 64;
/** Keys that a snapshot looks at. */
const SNAPSHOT_KEYS = 1000;

interface Live {
  readonly connection: RedisConnection;
  readonly options: WallClockOptions;
  readonly counter: Counter;
  /** The server's memory, asked for now and then. */
  readonly memory: () => Promise<RedisMemory>;
  readonly baseBytes: number;
}

/**
 * A cache in Redis by the wall clock: Redis expires, and evicts where its memory is full. Nothing is simulated, and
 * nothing repeats to the event.
 *
 * @throws WavetuneError `cache.not-empty`.
 */
export async function openWallClockCache(
  connection: RedisConnection,
  options: WallClockOptions,
): Promise<LiveCache> {
  const database = await claimDatabase(connection);
  const before = await readRedisMemory(connection);
  const memory = now(connection, systemClock);
  const { baseBytes } = database;
  const live: Live = { connection, options, counter: createCounter(), memory, baseBytes };
  let latest = before;
  return {
    serve: (columns, range) =>
      coded(connection, async () => {
        const hits = await serve(live, columns, range);
        latest = await memory();
        return hits;
      }),
    apply: (batch) => coded(connection, () => applyBatch(live, batch)),
    pressure: () => (latest.usedBytes - baseBytes) / options.limitBytes,
    counts: () => ({
      ...live.counter,
      evictions: latest.evictedKeys - before.evictedKeys,
      expirations: latest.expiredKeys - before.expiredKeys,
    }),
    state: () =>
      coded(connection, async () => {
        latest = await readRedisMemory(connection);
        const usedBytes = latest.usedBytes - baseBytes;
        const keys = await snapshot(live);
        return { usedBytes, limitBytes: options.limitBytes, serverBytes: usedBytes, keys };
      }),
    close: () => database.release(),
  };
}

function now(connection: RedisConnection, clock: Clock): () => Promise<RedisMemory> {
  let asked: Promise<RedisMemory> | undefined;
  let askedMillis = 0;
  return () => {
    const millis = clock.monotonicMillis();
    if (asked === undefined || millis - askedMillis > MEMORY_MILLIS) {
      asked = readRedisMemory(connection);
      askedMillis = millis;
    }
    return asked;
  };
}

async function serve(
  live: Live,
  columns: EventColumns,
  { begin, end }: EventRange,
): Promise<Uint8Array> {
  const hits = new Uint8Array(end - begin);
  let places: number[] = [];
  let keys = new Set<string>();
  const ask = async (): Promise<void> => {
    const there = await getOrLoad(live, columns, places);
    places.forEach((i, at) => {
      hits[i - begin] = there[at] ? 1 : 0;
    });
    places = [];
    keys = new Set();
  };
  for (let i = begin; i < end; i++) {
    if (columns.isRequest[i] === 0) continue;
    const key = keyOf(columns.names.items[columns.items[i]]);
    if (keys.has(key) || keys.size >= ASKED_AT_ONCE) await ask();
    keys.add(key);
    places.push(i);
  }
  await ask();
  return hits;
}

/** Distinct keys at once. */
async function getOrLoad(
  live: Live,
  columns: EventColumns,
  places: readonly number[],
): Promise<readonly boolean[]> {
  if (places.length === 0) return [];
  const { connection, options, counter } = live;
  const keys = places.map((i) => keyOf(columns.names.items[columns.items[i]]));
  const values = await connection.redis.mgetBuffer(keys);
  const pressure = ((await live.memory()).usedBytes - live.baseBytes) / options.limitBytes;
  const ttlSeconds = ttlSecondsOf(options.ttl, pressure);
  const loads = places.flatMap((i, at) => {
    countRequest(counter, columns.sizeBytes[i], values[at] !== null);
    return values[at] === null
      ? [{ key: keys[at], sizeBytes: columns.sizeBytes[i], ttlSeconds }]
      : [];
  });
  if (loads.length > 0) await load(live, loads);
  return values.map((value) => value !== null);
}

/** A value that Redis has no memory for stays out, as it does for any client. */
async function load({ connection, options }: Live, loads: CacheBatch['prefetch']): Promise<void> {
  const commands = connection.redis.pipeline();
  for (const { key, sizeBytes, ttlSeconds } of loads) {
    commands.set(key, Buffer.alloc(sizeBytes, 'x'), 'PX', lifetimeMillis(ttlSeconds, options));
  }
  for (const [failure] of (await commands.exec()) ?? []) {
    if (failure !== null && !failure.message.startsWith('OOM')) throw failure;
  }
}

async function applyBatch(live: Live, batch: CacheBatch): Promise<BatchOutcome> {
  const { evict, prefetch } = batch;
  if (evict.length === 0 && prefetch.length === 0) {
    return { evicted: [], prefetched: [], roundTripMillis: undefined };
  }
  const startMillis = systemClock.monotonicMillis();
  const there = await live.connection.redis.pipeline(evict.map((key) => ['exists', key])).exec();
  const present = evict.filter((_, i) => there?.[i][1] === 1).slice(0, batch.mostEvictions);
  const done = await store(live, { ...batch, evict: present });
  live.counter.loads += prefetch.length;
  return {
    evicted: present.filter((_, i) => done[i]),
    prefetched: prefetch.flatMap(({ key }, i) => (done[present.length + i] ? [key] : [])),
    roundTripMillis: systemClock.monotonicMillis() - startMillis,
  };
}

/**
 * In one MULTI/EXEC; where Redis has no memory for what is to be loaded, the removals alone.
 *
 * @returns For each key to evict whether it was there, then for each key to load whether it lies there now.
 */
async function store(live: Live, batch: CacheBatch): Promise<readonly boolean[]> {
  const { connection, options } = live;
  const { evict, prefetch } = batch;
  const transaction = connection.redis.multi();
  for (const key of evict) transaction.unlink(key);
  for (const { key, sizeBytes, ttlSeconds } of prefetch) {
    transaction.set(key, Buffer.alloc(sizeBytes, 'x'), 'PX', lifetimeMillis(ttlSeconds, options));
  }
  const answers = await transaction.exec().catch((failure) => {
    if (prefetch.length > 0 && reasonOf(failure).startsWith('EXECABORT')) return undefined;
    throw failure;
  });
  if (answers === undefined) return await store(live, { ...batch, prefetch: [] });
  return (answers ?? []).map(([, answer]) => answer === 1 || answer === 'OK');
}

function lifetimeMillis(ttlSeconds: number, { speed }: WallClockOptions): number {
  return Math.max(1, Math.round((ttlSeconds * 1000) / speed));
}

/** @throws WavetuneError `cache.refused` for whatever the server or the connection to it failed with. */
async function coded<T>({ name: url }: RedisConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cacheError('cache.refused', { url, reason: reasonOf(cause) }, { cause });
  }
}

async function snapshot({ connection, options }: Live): Promise<readonly CacheKey[]> {
  const { redis } = connection;
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${KEY_PREFIX}*`, 'COUNT', 100);
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0' && keys.length < SNAPSHOT_KEYS);
  const seen = [...new Set(keys)].slice(0, SNAPSHOT_KEYS);
  const questions = redis.pipeline();
  for (const key of seen) questions.strlen(key).pttl(key).object('IDLETIME', key);
  const answers = ((await questions.exec()) ?? []).map(([, answer]) => Number(answer));
  return seen.flatMap((key, i) => {
    const [sizeBytes, millis, idle] = answers.slice(3 * i, 3 * i + 3);
    if (millis < 0) return [];
    const { speed } = options;
    return [{ key, sizeBytes, ttlLeftSeconds: (millis * speed) / 1000, idleSeconds: idle * speed }];
  });
}
