import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { spawnRedisServer } from '../../src/caches/spawn-server.ts';
import { hasRedis } from '../support/redis-servers.ts';
import { until } from '../support/until.ts';

const MODULE = new URL('../../src/caches/spawn-server.ts', import.meta.url).href;
const HOLD = `const { spawnRedisServer } = await import('${MODULE}');
console.log((await spawnRedisServer()).url);
setInterval(() => {}, 1000);`;

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  const isThere = await redis.connect().then(
    () => true,
    () => false,
  );
  redis.disconnect();
  return isThere;
}

describe.skipIf(!hasRedis())('spawnRedisServer', () => {
  it('answers until it is stopped', async () => {
    const server = await spawnRedisServer();
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(await answers(server.url)).toBe(false);
  });

  it('leaves no server behind a process that was killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD]);
    const [line] = (await once(holder.stdout, 'data')) as readonly Buffer[];
    const url = line.toString().trim();
    expect(await answers(url)).toBe(true);
    holder.kill('SIGKILL');
    await until(async () => !(await answers(url)), 'the server is gone');
  });
});
