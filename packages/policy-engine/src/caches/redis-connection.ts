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
  let last: ConnectionError | undefined;
  watchErrors(redis, (failure) => {
    last = failure;
  });
  try {
    await redis.connect();
    if (last !== undefined && isOfSelect(last)) throw last;
  } catch (failure) {
    redis.disconnect();
    const cause = last ?? failure;
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

/** What goes wrong with a connection, with the command that the server refused. */
type ConnectionError = Error & { readonly command?: { readonly name: string } };

/**
 * Drops a connection whose server refuses to select the database: the client would go on in database 0, which is somebody
 * else's.
 *
 * @param onError - Told of that and of every other error.
 */
export function watchErrors(redis: Redis, onError: (failure: Error) => void): void {
  redis.on('error', (failure: ConnectionError) => {
    onError(failure);
    if (isOfSelect(failure)) redis.disconnect(true);
  });
}

function isOfSelect({ command }: ConnectionError): boolean {
  return command?.name === 'select';
}

/** The address without user and password. */
export function redisName(url: string): string {
  const parsed = URL.parse(url);
  const isAddress =
    parsed !== null &&
    /^rediss?:$/.test(parsed.protocol) &&
    /^\/?\d{0,4}$/.test(parsed.pathname) &&
    !parsed.searchParams.has('db');
  if (!isAddress) {
    const reason = 'this is no address of a Redis database (redis://host:port/database)';
    throw cacheError('cache.unreachable', { url: url.replace(/\/\/.*@/, '//***@'), reason });
  }
  return `${parsed.protocol}//${parsed.host}/${Number(parsed.pathname.slice(1))}`;
}

export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
