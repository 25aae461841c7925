import { Redis } from 'ioredis';
import { cacheError } from './cache-errors.ts';

/** An open connection, and its address without a password, for messages. */
export interface RedisConnection {
  readonly redis: Redis;
  readonly name: string;
  close(): Promise<void>;
}

const CONNECT_MILLIS = 3000;

/**
 * Connects once: what is asked while the server is gone fails.
 *
 * @param url - `redis://user:password@host:port/database`
 * @throws WavetuneError `cache.unreachable`.
 */
export async function connectRedis(url: string): Promise<RedisConnection> {
  const name = redisName(url);
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MILLIS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } catch (cause) {
    redis.disconnect();
    throw cacheError('cache.unreachable', { url: name, reason: reasonOf(cause) }, { cause });
  }
  return {
    redis,
    name,
    close: async () => {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}

/** The address without user and password. */
export function redisName(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) {
    const reason = 'this is no address of a Redis database (redis://host:port/database)';
    throw cacheError('cache.unreachable', { url, reason });
  }
  return `${parsed.protocol}//${parsed.host}/${parsed.pathname.slice(1) || '0'}`;
}

export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
