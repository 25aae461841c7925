import { once } from 'node:events';
import { Redis } from 'ioredis';
import { watchErrors } from '../caches/redis-connection.ts';

const CONNECT_MILLIS = 3000;
/** Chosen: a server that says nothing for so long is one that is out of reach; no command here waits longer than a second. */
const ANSWER_MILLIS = 5000;
const LONGEST_RETRY_MILLIS = 1000;

/**
 * A connection that fails what it is asked while the server is out of reach, and meanwhile looks for it. It never sends a
 * command twice by itself.
 *
 * @param onRefusal - Told what a server says that refuses the user or the database; it is asked again.
 */
export function createRedisClient(
  url: string,
  onRefusal: (failure: Error) => void = () => undefined,
): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MILLIS,
    commandTimeout: ANSWER_MILLIS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 50, LONGEST_RETRY_MILLIS),
  });
  watchErrors(redis, (failure) => {
    if (failure.name === 'ReplyError') onRefusal(failure);
  });
  // All that is sent at once waits for the connection together.
  redis.setMaxListeners(0);
  return redis;
}

/** Waits until the server is there. @throws What the attempt under way, or one that it starts, comes to. */
export async function reach(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  if (redis.status === 'wait' || redis.status === 'end') {
    await redis.connect();
    return;
  }
  const over = new AbortController();
  const lost = once(redis, 'close', { signal: over.signal }).then(() => {
    throw new Error('the server cannot be reached');
  });
  try {
    await Promise.race([once(redis, 'ready', { signal: over.signal }), lost]);
  } finally {
    lost.catch(() => undefined);
    over.abort();
  }
}

/** Ends the connection once the commands under way have their answers. */
export async function leave(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  redis.disconnect();
}
