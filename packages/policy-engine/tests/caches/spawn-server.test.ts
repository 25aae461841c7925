import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
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

/** Where the server would keep files. */
async function folderOf(url: string): Promise<string> {
  const redis = new Redis(url);
  const [, folder] = (await redis.config('GET', 'dir')) as readonly string[];
  redis.disconnect();
  return folder;
}

describe.skipIf(!hasRedis())('spawnRedisServer', () => {
  it('answers until it is stopped', async () => {
    const server = await spawnRedisServer();
    expect(await answers(server.url)).toBe(true);
    const folder = await folderOf(server.url);
    await server.stop();
    expect(await answers(server.url)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves no server and no folder behind a process that was killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD]);
    const [line] = (await once(holder.stdout, 'data')) as readonly Buffer[];
    const url = line.toString().trim();
    expect(await answers(url)).toBe(true);
    const folder = await folderOf(url);
    holder.kill('SIGKILL');
    await until(async () => !(await answers(url)), 'the server is gone');
    await until(() => !existsSync(folder), 'its folder is gone');
  });
});
