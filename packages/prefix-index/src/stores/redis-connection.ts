import { isWavetuneError } from '@wavetune/core';
import { Redis } from 'ioredis';
import { storeError } from './store-errors.ts';

/** A server, and what a store's keys there begin with. */
export interface RedisPlace {
  /** Without password, for messages. */
  readonly name: string;
  readonly url: string;
  readonly namespace: string;
}

const CONNECT_MILLIS = 3000;

/** `redis://user:password@host:port/db?namespace=wavetune` */
export function redisPlaceOf(url: string): RedisPlace {
  const parsed = new URL(url);
  const namespace = parsed.searchParams.get('namespace') ?? 'wavetune';
  parsed.search = '';
  const withPassword = parsed.href;
  parsed.username = '';
  parsed.password = '';
  return { name: parsed.href, url: withPassword, namespace };
}

/** Fails what it is asked while the server is out of reach, and meanwhile tries to reach it again. */
export async function connectRedis({ name, url }: RedisPlace): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MILLIS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  });
  let refused: Error | undefined;
  redis.on('error', (failure: Error & { readonly command?: { readonly name: string } }) => {
    if (failure.command?.name !== 'select') return;
    // The client would go on in database 0, which is somebody else's.
    refused = failure;
    redis.disconnect(true);
  });
  try {
    await redis.connect();
    if (refused !== undefined) throw refused;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw redisFailure(name, error);
  }
}

/** A failure of the connection or the server as ours. */
export function redisFailure(name: string, failure: unknown): unknown {
  if (isWavetuneError(failure)) return failure;
  const reason = failure instanceof Error ? failure.message : String(failure);
  if (failure instanceof TypeError || failure instanceof SyntaxError) {
    const details = { path: name, place: 'a change', reason };
    return storeError('index-store.damaged', details, { cause: failure });
  }
  return storeError('index-store.unreachable', { url: name, reason }, { cause: failure });
}
