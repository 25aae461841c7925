import { KEY_PREFIX } from '../events/item-key.ts';
import { OWN_KEYS } from '../executor/plan-limits.ts';
import { cacheError } from './cache-errors.ts';
import type { RedisConnection } from './redis-connection.ts';
import { readRedisMemory } from './redis-memory.ts';

/** A database that was empty, but for what an executor keeps there, and is one cache's alone until it is released. */
export interface ClaimedDatabase {
  /** What the server took when the database was empty. */
  readonly baseBytes: number;
  /** Removes the cache's keys and closes the connection. */
  release(): Promise<void>;
}

const SCAN_COUNT = 1000;

/** @throws WavetuneError `cache.not-empty`. */
export async function claimDatabase(connection: RedisConnection): Promise<ClaimedDatabase> {
  const { redis, name } = connection;
  const keys = (await redis.dbsize()) - (await redis.exists(Object.values(OWN_KEYS)));
  if (keys > 0) throw cacheError('cache.not-empty', { url: name, keys });
  const { usedBytes } = await readRedisMemory(connection);
  return {
    baseBytes: usedBytes,
    release: async () => {
      if (redis.status === 'ready') await removeItems(connection);
      await connection.close();
    },
  };
}

async function removeItems({ redis }: RedisConnection): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${KEY_PREFIX}*`, 'COUNT', SCAN_COUNT);
    if (keys.length > 0) await redis.unlink(keys);
    cursor = next;
  } while (cursor !== '0');
}
