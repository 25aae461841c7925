import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { cacheError } from './cache-errors.ts';
import { type RedisConnection, reasonOf } from './redis-connection.ts';

/** What connections of caches are called; the process follows. */
const CLIENT = 'cache-policy:';

/**
 * Takes a server for this process, until the connection ends, however it ends: two that replay on one server would put
 * back each other's settings. Of two that come at once each sees the other, and none may go on.
 *
 * @throws WavetuneError `cache.taken`, `cache.refused`.
 */
export async function claimServer({ redis, name }: RedisConnection): Promise<void> {
  const own = `${CLIENT}${hostname()}:${process.pid}`;
  const clients = await listClients(redis, own).catch((cause) => {
    throw cacheError('cache.refused', { url: name, reason: reasonOf(cause) }, { cause });
  });
  const names = clients.map((client) => / name=(\S*)/.exec(client)?.[1] ?? '');
  const by = names.find((other) => other.startsWith(CLIENT) && other !== own);
  if (by !== undefined) throw cacheError('cache.taken', { url: name, by });
}

/** All connections of the server, a line each, this one under its new name. */
async function listClients(redis: Redis, own: string): Promise<readonly string[]> {
  await redis.client('SETNAME', own);
  return String(await redis.client('LIST')).split('\n');
}
