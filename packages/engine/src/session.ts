import { rm } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isWavetuneError } from '@wavetune/core';
import { DUCKDB_SESSION } from '@wavetune/sql';
import { toEngineError } from './duckdb-failure.ts';
import { engineError } from './engine-errors.ts';

/** What all queries of an engine share. */
export interface Session {
  readonly instance: DuckDBInstance;
  readonly tempFolder: string;
  readonly memoryLimitBytes: number;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Queries that have begun and not ended. */
  readonly running: Set<Run>;
  isClosed: boolean;
}

/** How far a query is. */
export interface Progress {
  /** Rows read so far, as far as DuckDB knows. */
  readonly rows: number;
  /** In `[0, 1]`; undefined while DuckDB cannot tell. */
  readonly fraction: number | undefined;
}

/** One query from its beginning to its end, on a connection of its own, so that queries may overlap. */
export interface Run {
  readonly connection: DuckDBConnection;
  /** From the paths that DuckDB sees to the files as the plan names them. */
  readonly namedFiles: Map<string, string>;
  /** Clean copies of text files, which go when the run ends. */
  readonly copies: string[];
  /** The file that the query writes. */
  writing?: { readonly temporary: string; readonly path: string };
  isInterrupted: boolean;
  /** Ends the run where it is, once what it does now has failed or come through. */
  readonly stop: () => Promise<unknown>;
}

const PROGRESS_MILLIS = 200;

/** @throws WavetuneError `engine.closed` */
export async function beginRun(session: Session, stop: Run['stop']): Promise<Run> {
  if (session.isClosed) throw engineError('engine.closed', {});
  const connection = await session.instance.connect();
  for (const statement of DUCKDB_SESSION) await connection.run(statement);
  const run: Run = { connection, namedFiles: new Map(), copies: [], isInterrupted: false, stop };
  session.running.add(run);
  return run;
}

export async function endRun(session: Session, run: Run): Promise<void> {
  run.connection.closeSync();
  await Promise.all(run.copies.map((path) => rm(path, { force: true })));
  session.running.delete(run);
}

/** @throws WavetuneError `engine.interrupted` */
export function checkInterrupted(run: Run): void {
  if (run.isInterrupted) throw engineError('engine.interrupted', {});
}

export function interruptAll(session: Session): void {
  for (const run of session.running) {
    run.isInterrupted = true;
    run.connection.interrupt();
  }
}

/** What `use` gives; its failures leave as coded errors, and the run ends with it. */
export async function inRun<T>(session: Session, use: (run: Run) => Promise<T>): Promise<T> {
  const ended = Promise.withResolvers<void>();
  const run = await beginRun(session, () => ended.promise);
  const stopWatching = watchProgress(session, run);
  try {
    return await use(run);
  } catch (failure) {
    throw codedFailure(session, run, failure);
  } finally {
    stopWatching();
    await endRun(session, run);
    ended.resolve();
  }
}

export function codedFailure(session: Session, run: Run, failure: unknown): unknown {
  if (isWavetuneError(failure)) return failure;
  if (run.isInterrupted) return engineError('engine.interrupted', {}, { cause: failure });
  if (!(failure instanceof Error)) return failure;
  const { memoryLimitBytes, tempFolder } = session;
  const { namedFiles, writing } = run;
  return toEngineError(failure, { memoryLimitBytes, tempFolder, namedFiles, writing });
}

/** Reports the run's progress until the function that it gives is called. */
export function watchProgress({ onProgress }: Session, run: Run): () => void {
  if (!onProgress) return () => undefined;
  const timer = setInterval(() => {
    const { percentage, rows_processed } = run.connection.progress;
    onProgress({
      rows: Number(rows_processed),
      fraction: percentage < 0 ? undefined : percentage / 100,
    });
  }, PROGRESS_MILLIS);
  return () => clearInterval(timer);
}

/** How much of its files the slowest running query has read, in `[0, 1]`; undefined where none runs or DuckDB cannot tell. */
export function readShare({ running }: Session): number | undefined {
  const percentages = [...running].map((run) => run.connection.progress.percentage);
  const least = Math.min(...percentages);
  return least >= 0 && least <= 100 ? least / 100 : undefined;
}

/** Interrupts what runs and gives back memory, files and temporary files. */
export async function closeSession(session: Session): Promise<void> {
  if (session.isClosed) return;
  session.isClosed = true;
  interruptAll(session);
  await Promise.allSettled([...session.running].map((run) => run.stop()));
  session.instance.closeSync();
  await rm(session.tempFolder, { recursive: true, force: true });
}
