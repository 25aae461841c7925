import type { Redis } from 'ioredis';
import { cacheError } from './cache-errors.ts';
import type { CacheRules } from './cache-rules.ts';
import { claimServer } from './claim-server.ts';
import { limitServer, type MemoryPolicy } from './limit-server.ts';
import type { LiveCache } from './live-cache.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { openSimulatedCache } from './simulated-cache.ts';
import { openWallClockCache } from './wall-clock-cache.ts';

export interface CachesOptions extends CacheRules {
  readonly baselineUrl: string;
  readonly steeredUrl: string;
  /** Seconds of the trace in a second; undefined for as fast as it goes, by the trace's clock. */
  readonly speed: number | undefined;
}

/** Two caches that see the same requests. */
export interface LiveCaches {
  readonly baseline: LiveCache;
  readonly steered: LiveCache;
  close(): Promise<void>;
}

/** What Redis' allocator rounds values up by, at most, and a little. */
const ROUNDING = 1.5;
/** Answers and commands under way count as a server's memory, too. */
const UNDER_WAY_BYTES = 64 * 2 ** 20;

/**
 * Takes two empty databases and limits their servers' memory: by the wall clock to the cache's, where Redis evicts by the
 * rule; by the trace's clock to as much as the ledger can come to with the allocator's rounding, where Redis must not evict
 * and refuses what is beyond.
 *
 * @throws WavetuneError `cache.same-place`, `cache.shared-server`, `cache.taken`, `cache.unreachable`, `cache.not-empty`, `cache.refused`.
 */
export async function openCaches(options: CachesOptions): Promise<LiveCaches> {
  const { baselineUrl, steeredUrl } = options;
  const undo: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const connect = async (url: string): Promise<RedisConnection> => {
    const connection = await connectRedis(url);
    undo.push(connection.close);
    return connection;
  };
  const open = async (connection: RedisConnection): Promise<LiveCache> => {
    const cache = await openOne(connection, options);
    undo.push(cache.close);
    return cache;
  };
  try {
    const connections = [await connect(baselineUrl), await connect(steeredUrl)] as const;
    const isShared = await shareServer(connections, options);
    const [baseline, steered] = [await open(connections[0]), await open(connections[1])];
    for (const url of isShared ? [baselineUrl] : [baselineUrl, steeredUrl]) {
      const connection = await connect(url);
      undo.push(await limitServer(connection, roomOf(options, isShared), policyOf(options)));
    }
    return { baseline, steered, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/**
 * Whether both connections lead to one server, by whatever names: two databases of it will do by the trace's clock alone.
 *
 * @throws WavetuneError `cache.same-place`, `cache.shared-server`, `cache.taken`.
 */
async function shareServer(
  connections: readonly [RedisConnection, RedisConnection],
  { speed }: CachesOptions,
): Promise<boolean> {
  const [baseline, steered] = connections;
  const [one, other] = await Promise.all(connections.map(({ redis }) => runIdOf(redis)));
  const isShared = one !== undefined && one === other;
  if (isShared) {
    const url = baseline.name;
    if (databaseOf(baseline) === databaseOf(steered)) throw cacheError('cache.same-place', { url });
    if (speed !== undefined) throw cacheError('cache.shared-server', { url });
  }
  for (const connection of connections) await claimServer(connection);
  return isShared;
}

/** Drawn by a server when it starts. */
async function runIdOf(redis: Redis): Promise<string | undefined> {
  return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1];
}

function databaseOf({ name }: RedisConnection): string | undefined {
  return name.split('/').at(-1);
}

function openOne(connection: RedisConnection, options: CachesOptions): Promise<LiveCache> {
  const { speed } = options;
  return speed === undefined
    ? openSimulatedCache(connection, options)
    : openWallClockCache(connection, { ...options, speed });
}

function roomOf({ limitBytes, speed }: CachesOptions, isShared: boolean): number {
  if (speed !== undefined) return limitBytes;
  return (isShared ? 2 : 1) * limitBytes * ROUNDING + UNDER_WAY_BYTES;
}

function policyOf({ speed, eviction }: CachesOptions): MemoryPolicy {
  if (speed === undefined) return 'noeviction';
  return eviction === 'ttl' ? 'volatile-ttl' : 'allkeys-lru';
}
