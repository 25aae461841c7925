import { availableParallelism, tmpdir } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Plan } from '@wavetune/ir';
import type { MeasuredPlan, SampledRun, TableLookup } from '@wavetune/metrics';
import type { ParquetCodec } from '@wavetune/sql';
import { describeColumns, type FileColumn } from './describe.ts';
import { measurePlan } from './measure.ts';
import { measureSample, type SampleOptions } from './measure-sample.ts';
import {
  type Chunk,
  collectRows,
  type Explanation,
  explain,
  saveTable,
  streamChunks,
  writeParquet,
} from './query.ts';
import type { Row } from './rows.ts';
import {
  closeSession,
  inRun,
  interruptAll,
  type Progress,
  readShare,
  type Session,
} from './session.ts';
import { settleFile } from './settle.ts';
import { statisticsOf } from './statistics.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface EngineOptions {
  /** As many as the machine has, unless said otherwise. */
  readonly threads?: number;
  /** What queries may hold before they spill; DuckDB keeps to it roughly. */
  readonly memoryLimitBytes: number;
  /** Queries spill into a new folder under this one, which `close` removes; the system's unless said otherwise. */
  readonly tempFolder?: string;
  /** Called about five times a second while a query runs. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Runs plans. Every method verifies and optimises its plan, and refuses with `ir.*`, `sql.*` and `engine.*` errors: a
 * file that is not there or not what the scan says, memory, disk, a value that does not fit. DuckDB's own never leak.
 */
export interface Engine {
  /** The result in chunks of at most 2048 rows, as fast as the consumer takes them. */
  stream(plan: Plan): AsyncIterable<Chunk>;
  /** The whole result as objects: for results that a person could read. */
  rows(plan: Plan): Promise<readonly Row[]>;
  /** Publishes the result as a Parquet file, atomically; zstd unless told; rows in the plan's order. */
  writeParquet(plan: Plan, path: string, options?: { readonly codec: ParquetCodec }): Promise<void>;
  /** Holds the result as a table that `scan({ format: 'table', name, … })` reads, until `close`. */
  saveTable(plan: Plan, name: string): Promise<void>;
  /** The plan, its SQL and, where `run` is asked for, what each operator cost. */
  explain(plan: Plan, options?: { readonly run: boolean }): Promise<Explanation>;
  /**
   * Runs the plan as it runs otherwise, and then relation by relation, as it stands, to count what each has and to time it.
   * Costs a few times what running it costs; joins, groups and the like are held whole, spilling past the memory limit.
   */
  measure(plan: Plan): Promise<MeasuredPlan>;
  /** As `measure`, on about so many rows of the plan's largest files, drawn in stretches from their row groups. */
  measureSample(plan: Plan, options: SampleOptions): Promise<SampledRun>;
  /** What the footers of Parquet files, a count of other rows and the first rows say of the sources of the plan. */
  statistics(plan: Plan): Promise<TableLookup>;
  /** The columns of a Parquet or CSV file, without reading its rows. */
  describeFile(path: string, format: 'parquet' | 'csv'): Promise<readonly FileColumn[]>;
  /**
   * How much of its files the query that runs has read, in `[0, 1]`, somewhat ahead of what its consumer was given;
   * undefined where none runs or nobody can tell.
   */
  readShare(): number | undefined;
  /** Makes what runs fail with `engine.interrupted`; later queries run. */
  interrupt(): void;
  /** Interrupts what runs and gives back memory and temporary files. */
  close(): Promise<void>;
}

/** An in-process DuckDB without a database file. One engine a process is enough; queries may overlap. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const tempFolder = await makeTempFolder(options.tempFolder ?? tmpdir());
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? availableParallelism()),
    memory_limit: `${options.memoryLimitBytes}B`,
    temp_directory: tempFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const session: Session = {
    instance,
    tempFolder,
    memoryLimitBytes: options.memoryLimitBytes,
    onProgress: options.onProgress,
    running: new Set(),
    isClosed: false,
  };
  return {
    stream: (plan) => streamChunks(session, plan),
    rows: (plan) => collectRows(session, plan),
    writeParquet: (plan, path, { codec } = { codec: 'zstd' }) =>
      writeParquet(session, plan, { path, codec }),
    saveTable: (plan, name) => saveTable(session, plan, name),
    explain: (plan, { run } = { run: false }) => explain(session, plan, run),
    measure: (plan) => measurePlan(session, plan),
    measureSample: (plan, options) => measureSample(session, plan, options),
    statistics: (plan) => statisticsOf(session, plan),
    describeFile: (path, format) => describeFile(session, path, format),
    readShare: () => readShare(session),
    interrupt: () => interruptAll(session),
    close: () => closeSession(session),
  };
}

function describeFile(session: Session, file: string, format: 'parquet' | 'csv') {
  return inRun(session, async (run) => {
    const place = await settleFile(session, run, file, format);
    return describeColumns(run, place, format);
  });
}
