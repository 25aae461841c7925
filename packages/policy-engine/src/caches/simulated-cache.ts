import { systemClock } from '@wavetune/core';
import type { EventColumns } from '../events/event-columns.ts';
import { keyOf } from '../events/item-key.ts';
import { cacheError } from './cache-errors.ts';
import type { CacheRules } from './cache-rules.ts';
import { claimDatabase } from './claim-database.ts';
import { type Counter, countRequest, createCounter } from './counter.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { BatchOutcome, CacheBatch, CacheKey, LiveCache } from './live-cache.ts';
import { type RedisConnection, reasonOf } from './redis-connection.ts';
import { readRedisMemory } from './redis-memory.ts';
import { createRedisMirror } from './redis-mirror.ts';
import { ttlSecondsOf } from './ttl-rule.ts';

/**
 * What Redis 7 keeps of a string with an expiry beside its key and its value: 122 bytes measured. Its allocator rounds
 * values of 512 bytes to 4 KiB up by another fifth to fourth, which is not counted.
 */
export const KEY_OVERHEAD_BYTES = 128;

const REQUESTS_A_BREATH = 256;

/** A ledger, the database that mirrors it, and what was counted. */
interface Books {
  readonly connection: RedisConnection;
  readonly rules: CacheRules;
  readonly ledger: Ledger;
  readonly counter: Counter;
}

/**
 * A cache in Redis whose clock is the trace's, so that an hour replays in seconds and always alike.
 *
 * A ledger says what expires, what leaves for room and with which TTL a value comes; Redis holds the values and answers
 * every request. What counts is Redis' answer, and one that differs from the ledger's is an error, not a figure.
 *
 * @throws WavetuneError `cache.not-empty`.
 */
export async function openSimulatedCache(
  connection: RedisConnection,
  rules: CacheRules,
): Promise<LiveCache> {
  const database = await claimDatabase(connection);
  const ledger = createLedger({ ...rules, overheadBytes: KEY_OVERHEAD_BYTES });
  const books: Books = { connection, rules, ledger, counter: createCounter() };
  return {
    serve: (columns, { begin, end }) => serve(books, { columns, begin, end }),
    apply: async (batch, nowMillis) => {
      await moveClock(books, nowMillis);
      return applyBatch(books, batch);
    },
    pressure: ledger.pressure,
    counts: () => ({ ...books.counter }),
    state: async (nowMillis) => {
      await moveClock(books, nowMillis);
      const { usedBytes } = await readRedisMemory(connection);
      return {
        usedBytes: ledger.usedBytes(),
        limitBytes: rules.limitBytes,
        serverBytes: usedBytes - database.baseBytes,
        keys: keysOf(ledger, nowMillis),
      };
    },
    close: () => database.release(),
  };
}

interface Stretch {
  readonly columns: EventColumns;
  readonly begin: number;
  readonly end: number;
}

async function serve(books: Books, stretch: Stretch): Promise<Uint8Array> {
  const { columns, begin, end } = stretch;
  const hits = new Uint8Array(end - begin);
  const expected = new Uint8Array(end - begin);
  const mirror = createRedisMirror(books.connection, (place, isThere) => {
    hits[place] = isThere ? 1 : 0;
  });
  let asked = 0;
  for (let i = begin; i < end; i++) {
    if (columns.isRequest[i] === 0) continue;
    expire(books, columns.timeMillis[i], mirror.remove);
    const key = keyOf(columns.names.items[columns.items[i]]);
    mirror.read(key, i - begin);
    if (books.ledger.use(key)) expected[i - begin] = 1;
    else load(books, { key, sizeBytes: columns.sizeBytes[i] }, mirror);
    if (++asked % REQUESTS_A_BREATH === 0) await mirror.throttle();
  }
  await mirror.settle();
  countAnswers(books, stretch, { hits, expected });
  return hits;
}

function expire({ ledger, counter }: Books, nowMillis: number, gone: (key: string) => void): void {
  for (const key of ledger.advance(nowMillis)) {
    counter.expirations++;
    gone(key);
  }
}

/** Stores what a miss fetched, with the TTL that the memory in use before it gives. */
function load(
  { ledger, rules, counter }: Books,
  value: { readonly key: string; readonly sizeBytes: number },
  mirror: ReturnType<typeof createRedisMirror>,
): void {
  const ttlSeconds = ttlSecondsOf(rules.ttl, ledger.pressure());
  const evicted = ledger.store({ ...value, ttlSeconds });
  if (evicted === undefined) return;
  counter.evictions += evicted.length;
  evicted.forEach(mirror.remove);
  mirror.store(value.key, value.sizeBytes);
}

function countAnswers(
  { connection, counter }: Books,
  { columns, begin }: Stretch,
  { hits, expected }: { readonly hits: Uint8Array; readonly expected: Uint8Array },
): void {
  let answers = 0;
  let first = '';
  for (let at = 0; at < hits.length; at++) {
    const i = begin + at;
    if (columns.isRequest[i] === 0) continue;
    countRequest(counter, columns.sizeBytes[i], hits[at] === 1);
    if (hits[at] === expected[at]) continue;
    if (answers++ === 0) first = keyOf(columns.names.items[columns.items[i]]);
  }
  if (answers > 0) throw cacheError('cache.disagrees', { url: connection.name, answers, first });
}

async function moveClock(books: Books, nowMillis: number): Promise<void> {
  const expired: string[] = [];
  expire(books, nowMillis, (key) => expired.push(key));
  if (expired.length > 0) await books.connection.redis.unlink(expired);
}

async function applyBatch(books: Books, batch: CacheBatch): Promise<BatchOutcome> {
  const { ledger, counter, connection } = books;
  const evicted = batch.evict.filter((key) => ledger.has(key)).slice(0, batch.mostEvictions);
  evicted.forEach(ledger.remove);
  const changes = new Map<string, number | undefined>(evicted.map((key) => [key, undefined]));
  for (const value of batch.prefetch) {
    const victims = ledger.store(value);
    if (victims === undefined) continue;
    counter.loads++;
    counter.evictions += victims.length;
    for (const victim of victims) changes.set(victim, undefined);
    changes.set(value.key, value.sizeBytes);
  }
  const stored = [...changes].flatMap(([key, size]) => (size === undefined ? [] : [key]));
  return {
    evicted,
    prefetched: stored,
    roundTripMillis: changes.size === 0 ? undefined : await transact(connection, changes),
  };
}

/** In one MULTI/EXEC: an undefined size removes. @returns Milliseconds to the answer. */
async function transact(
  { redis, name }: RedisConnection,
  changes: ReadonlyMap<string, number | undefined>,
): Promise<number> {
  const transaction = redis.multi();
  for (const [key, sizeBytes] of changes) {
    if (sizeBytes === undefined) transaction.unlink(key);
    else transaction.set(key, Buffer.alloc(sizeBytes, 'x'));
  }
  const startMillis = systemClock.monotonicMillis();
  try {
    await transaction.exec();
  } catch (cause) {
    throw cacheError('cache.refused', { url: name, reason: reasonOf(cause) }, { cause });
  }
  return systemClock.monotonicMillis() - startMillis;
}

function keysOf(ledger: Ledger, nowMillis: number): readonly CacheKey[] {
  return Array.from(ledger.entries(), (entry) => ({
    key: entry.key,
    sizeBytes: entry.sizeBytes,
    ttlLeftSeconds: (entry.expiresMillis - nowMillis) / 1000,
    idleSeconds: (nowMillis - entry.lastUseMillis) / 1000,
  }));
}
