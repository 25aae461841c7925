import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { cacheError } from './cache-errors.ts';

/** A Redis server of the command's own, in memory only. */
export interface SpawnedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Ends the server and removes its folder when its input ends, which happens however the process that started it goes. */
const GUARDED =
  'folder=$1; shift; redis-server "$@" & server=$!; exec >/dev/null; cat; kill -9 $server; wait; rm -rf "$folder"';

/**
 * Starts `redis-server` on a free port of this machine alone; it goes with this process, also where that is killed, and
 * not before: an interrupt from the terminal reaches this process only.
 *
 * @throws WavetuneError `cache.no-server`, `cache.not-started`.
 */
export async function spawnRedisServer(): Promise<SpawnedServer> {
  await requireServer();
  const folder = await mkdtemp(join(tmpdir(), 'wavetune-redis-'));
  const port = await freePort();
  const words = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no'],
  ];
  const child = spawn('sh', ['-c', GUARDED, 'sh', folder, ...words], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  try {
    await announced(child.stdout);
  } catch (failure) {
    await stop();
    throw failure;
  }
  return { url: `redis://127.0.0.1:${port}/0`, stop };
}

async function requireServer(): Promise<void> {
  try {
    await promisify(execFile)('redis-server', ['--version']);
  } catch (cause) {
    throw cacheError('cache.no-server', {}, { cause });
  }
}

async function announced(stdout: Readable): Promise<void> {
  let last = 'it said nothing';
  for await (const line of createInterface(stdout)) {
    if (line.includes('Ready to accept connections')) {
      stdout.resume();
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
