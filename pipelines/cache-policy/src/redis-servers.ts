import { type SpawnedServer, spawnRedisServer } from '@wavetune/policy-engine';

/** Runs `work` with the addresses given, or with two servers of its own, which it stops whatever happens. */
export async function withServers<T>(
  redis: readonly string[],
  work: (urls: readonly string[]) => Promise<T>,
): Promise<T> {
  if (redis.length === 2) return work(redis);
  const servers: SpawnedServer[] = [];
  try {
    for (let i = 0; i < 2; i++) servers.push(await spawnRedisServer());
    return await work(servers.map(({ url }) => url));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
