import type { RedisConnection } from './redis-connection.ts';

/** What `INFO` says of a server's memory and evictions. */
export interface RedisMemory {
  readonly usedBytes: number;
  /** 0 without a limit. */
  readonly limitBytes: number;
  readonly evictedKeys: number;
  readonly expiredKeys: number;
}

/** Of the whole server, whichever databases it has. */
export async function readRedisMemory({ redis }: RedisConnection): Promise<RedisMemory> {
  const [memory, stats] = await Promise.all([redis.info('memory'), redis.info('stats')]);
  return {
    usedBytes: numberIn(memory, 'used_memory'),
    limitBytes: numberIn(memory, 'maxmemory'),
    evictedKeys: numberIn(stats, 'evicted_keys'),
    expiredKeys: numberIn(stats, 'expired_keys'),
  };
}

function numberIn(text: string, field: string): number {
  return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}
