import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheError } from './cache-errors.ts';
import { reasonOf } from './redis-connection.ts';

/** A Redis server of the command's own, in memory only. */
export interface SpawnedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts `redis-server` on a free port of this machine alone; it goes with this process, also where that is killed.
 *
 * @throws WavetuneError `cache.no-server`, `cache.not-started`.
 */
export async function spawnRedisServer(): Promise<SpawnedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'wavetune-redis-'));
  const port = await freePort();
  const child = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'no'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      kill();
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (failure) {
    await stop();
    throw failure;
  }
  return { url: `redis://127.0.0.1:${port}/0`, stop };
}

async function ready(child: ChildProcess): Promise<void> {
  const failed = once(child, 'error').then(([cause]: readonly NodeJS.ErrnoException[]) => {
    if (cause.code === 'ENOENT') throw cacheError('cache.no-server', {}, { cause });
    throw cacheError('cache.not-started', { reason: reasonOf(cause) }, { cause });
  });
  await Promise.race([failed, announced(child)]);
}

async function announced(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('redis-server was started without its output');
  let last = 'it said nothing';
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return;
    }
    if (line.trim() !== '') last = line;
  }
  throw cacheError('cache.not-started', { reason: last });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}
