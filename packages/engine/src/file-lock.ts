import { readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_LOCK } from '@wavetune/sql';
import { engineError } from './engine-errors.ts';

/** A hold on a file that ends with `release`, or with the process, however that ends. */
export interface FileLock {
  release(): void;
}

/** What is held: a database that nobody refers to is collected, closed, and its lock gone. */
const held = new Set<DatabaseSync>();

/**
 * Holds a file, which is made where it is not there and stays empty, against every other process of this machine, and
 * against a second hold in this one.
 *
 * The operating system keeps the lock, by way of SQLite's locking, which Node has: no heartbeat that a busy process misses,
 * and nothing left to clear away behind one that was killed.
 *
 * @throws WavetuneError `engine.file-in-use` with who holds it; `engine.cannot-write` and
 * `engine.disk-full` where the file cannot be made.
 */
export function lockFile(path: string): FileLock {
  const database = openLocked(path);
  held.add(database);
  return {
    release() {
      held.delete(database);
      database.close();
    },
  };
}

function openLocked(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // Nobody but SQLite may open the file here: closing it elsewhere in the process would end the kernel's lock.
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec(SQLITE_LOCK);
    return database;
  } catch (cause) {
    database?.close();
    throw lockFailure(path, cause);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;

function lockFailure(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('errcode' in cause)) return cause;
  const code = Number(cause.errcode) & 0xff;
  if (code === SQLITE_BUSY) {
    return engineError('engine.file-in-use', { path, owner: ownerOf(path) }, { cause });
  }
  const refused = code === SQLITE_FULL ? 'engine.disk-full' : 'engine.cannot-write';
  return engineError(refused, { path, reason: cause.message }, { cause });
}

/** As the kernel's list of locks says it, where there is one. */
function ownerOf(path: string): string {
  try {
    const { ino } = statSync(path);
    const lock = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((line) => line.includes(`:${ino} `));
    const pid = lock?.trim().split(/\s+/)[4];
    return pid === undefined ? 'another process' : `process ${pid}`;
  } catch {
    return 'another process';
  }
}
