import { cacheError } from './cache-errors.ts';
import { type RedisConnection, reasonOf } from './redis-connection.ts';
import { readRedisMemory } from './redis-memory.ts';

/** Redis' names of what it does when its memory is full. */
export type MemoryPolicy = 'noeviction' | 'volatile-ttl' | 'allkeys-lru';

/**
 * Lets a server take `roomBytes` above what it takes now.
 *
 * @returns Puts its settings back.
 * @throws WavetuneError `cache.refused`.
 */
export async function limitServer(
  connection: RedisConnection,
  roomBytes: number,
  policy: MemoryPolicy,
): Promise<() => Promise<void>> {
  const { usedBytes, limitBytes } = await readRedisMemory(connection);
  const policyBefore = await policyOf(connection);
  await configure(connection, usedBytes + roomBytes, policy);
  return async () => {
    if (connection.redis.status === 'ready') await configure(connection, limitBytes, policyBefore);
  };
}

async function policyOf({ redis }: RedisConnection): Promise<string> {
  const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as readonly string[];
  return policy;
}

async function configure(
  { redis, name }: RedisConnection,
  limitBytes: number,
  policy: string,
): Promise<void> {
  try {
    await redis.config('SET', 'maxmemory', String(Math.ceil(limitBytes)));
    await redis.config('SET', 'maxmemory-policy', policy);
  } catch (cause) {
    throw cacheError('cache.refused', { url: name, reason: reasonOf(cause) }, { cause });
  }
}
