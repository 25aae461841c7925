import { tmpdir } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { isWavetuneError } from '@wavetune/core';
import type { Plan, Schema } from '@wavetune/ir';
import { CHECKPOINT, clearTable, createTable, TRANSACTION } from '@wavetune/sql';
import { type AppendColumn, appendRows } from './append-rows.ts';
import type { Chunk } from './chunk.ts';
import { toEngineError } from './duckdb-failure.ts';
import { engineError } from './engine-errors.ts';
import { collectRows, streamChunks } from './query.ts';
import type { Row } from './rows.ts';
import { closeSession, inRun, type Run, type Session } from './session.ts';
import { nameTempFolder } from './temp-folder.ts';

export interface DatabaseOptions {
  readonly path: string;
  readonly access: 'write' | 'read';
  readonly threads: number;
  readonly memoryLimitBytes: number;
  /** A commit of more goes into the file at once, and not into the log beside it; 16 MiB unless told. */
  readonly logLimitBytes?: number;
}

/** A database file. Plans read its tables by `scan({ format: 'table', … })`. */
export interface Database {
  /** As `Engine.stream`. */
  stream(plan: Plan): AsyncIterable<Chunk>;
  /** As `Engine.rows`. */
  rows(plan: Plan): Promise<readonly Row[]>;
  /**
   * What `write` does is kept as one and durable when it resolves, or is not done at all. One at a time.
   *
   * After a failure of the disk DuckDB may refuse all else: close the database and open it again.
   *
   * @throws WavetuneError `engine.disk-full`, `engine.cannot-write`, and what `write` throws.
   */
  transact<T>(write: (tables: TableWriter) => Promise<T>): Promise<T>;
  /** Moves what was committed from the log beside the file into it. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

/** Changes tables, within a transaction. */
export interface TableWriter {
  /** Does nothing where there is one of that name. */
  create(name: string, columns: Schema): Promise<void>;
  /** Columns in the table's order, all of one length; lets other work in after every few thousand rows. */
  append(name: string, columns: readonly AppendColumn[]): Promise<void>;
  clear(name: string): Promise<void>;
}

/**
 * Opens a database file, which is made where it is not there and `access` is `write`.
 *
 * @throws WavetuneError `engine.file-in-use`, `engine.not-a-database`, `engine.cannot-read`, `engine.cannot-write`,
 * `engine.disk-full`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { path, memoryLimitBytes } = options;
  const tempFolder = nameTempFolder(tmpdir());
  const session: Session = {
    instance: await openFile(options, tempFolder).catch((failure) => {
      throw openFailure(failure, options);
    }),
    tempFolder,
    memoryLimitBytes,
    onProgress: undefined,
    running: new Set(),
    isClosed: false,
  };
  return {
    stream: (plan) => streamChunks(session, plan),
    rows: (plan) => collectRows(session, plan),
    transact: (write) => inFile(session, path, (run) => transact(run, write)),
    checkpoint: () =>
      inFile(session, path, async ({ connection }) => {
        await connection.run(CHECKPOINT);
      }),
    close: () => closeSession(session),
  };
}

function openFile(options: DatabaseOptions, tempFolder: string): Promise<DuckDBInstance> {
  const { path, access, threads, memoryLimitBytes, logLimitBytes } = options;
  return DuckDBInstance.create(path, {
    access_mode: access === 'write' ? 'READ_WRITE' : 'READ_ONLY',
    threads: String(threads),
    memory_limit: `${memoryLimitBytes}B`,
    // DuckDB makes it when it first spills.
    temp_directory: tempFolder,
    ...(logLimitBytes !== undefined && { checkpoint_threshold: `${logLimitBytes}B` }),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

/** DuckDB names the file in all of these. */
function openFailure(failure: unknown, { path, memoryLimitBytes }: DatabaseOptions): unknown {
  const text = failure instanceof Error ? failure.message : String(failure);
  const cause = { cause: failure };
  const owner = /Conflicting lock is held in .*\((PID \d+)\)/.exec(text)?.[1];
  if (/set lock on file/.test(text)) {
    return engineError('engine.file-in-use', { path, owner: owner ?? 'another process' }, cause);
  }
  if (/Permission denied|Read-only file system/.test(text)) {
    return engineError('engine.cannot-write', { path, reason: text }, cause);
  }
  if (/not a valid DuckDB|version number|storage version|[Cc]orrupt|Serialization/.test(text)) {
    return engineError('engine.not-a-database', { path, reason: text }, cause);
  }
  const namedFiles = new Map([[path, path]]);
  return toEngineError(failure, {
    memoryLimitBytes,
    tempFolder: path,
    namedFiles,
    writing: undefined,
  });
}

/** As `inRun`, with the database's path in the place of the folder that queries spill to. */
async function inFile<T>(
  session: Session,
  path: string,
  use: (run: Run) => Promise<T>,
): Promise<T> {
  try {
    return await inRun(session, (run) => {
      run.writing = { temporary: path, path };
      return use(run);
    });
  } catch (error) {
    if (!isWavetuneError(error, 'engine.disk-full')) throw error;
    throw engineError(
      'engine.disk-full',
      { path, reason: 'the database file cannot grow' },
      { cause: error },
    );
  }
}

async function transact<T>(
  { connection }: Run,
  write: (tables: TableWriter) => Promise<T>,
): Promise<T> {
  await connection.run(TRANSACTION.begin);
  try {
    const result = await write({
      create: async (name, columns) => {
        await connection.run(createTable(name, columns));
      },
      append: (name, columns) => appendRows(connection, name, columns),
      clear: async (name) => {
        await connection.run(clearTable(name));
      },
    });
    await connection.run(TRANSACTION.commit);
    return result;
  } catch (error) {
    // A commit that failed has rolled back already.
    await connection.run(TRANSACTION.rollback).catch(() => undefined);
    throw error;
  }
}
