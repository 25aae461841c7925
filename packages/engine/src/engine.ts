import { availableParallelism, tmpdir } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Plan } from '@wavetune/ir';
import type { MeasuredPlan, SampledRun, TableLookup } from '@wavetune/metrics';
import type { ParquetCodec } from '@wavetune/sql';
import { describeColumns } from './describe.ts';
import { measurePlan } from './measure.ts';
import { measureSample, type SampleOptions } from './measure-sample.ts';
import { collectRows, explain, saveTable, streamChunks, writeParquet } from './query.ts';
import type { QueryEngine } from './query-engine.ts';
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
 * An embedded DuckDB. Every method verifies and optimises its plan, and refuses with `ir.*`, `sql.*` and `engine.*` errors:
 * a file that is not there or not what the scan says, memory, disk, a value that does not fit. DuckDB's own never leak.
 * `stream` gives chunks of at most 2048 rows; interrupted is `engine.interrupted`; `close` removes temporary files.
 */
export interface Engine extends QueryEngine {
  /** Publishes the result as a Parquet file, atomically; zstd unless told; rows in the plan's order. */
  writeParquet(plan: Plan, path: string, options?: { readonly codec: ParquetCodec }): Promise<void>;
  /** Holds the result as a table that `scan({ format: 'table', name, … })` reads, until `close`. */
  saveTable(plan: Plan, name: string): Promise<void>;
  /**
   * Runs the plan as it runs otherwise, and then relation by relation, as it stands, to count what each has and to time it.
   * Costs a few times what running it costs; joins, groups and the like are held whole, spilling past the memory limit.
   */
  measure(plan: Plan): Promise<MeasuredPlan>;
  /** As `measure`, on about so many rows of the plan's largest files, drawn in stretches from their row groups. */
  measureSample(plan: Plan, options: SampleOptions): Promise<SampledRun>;
  /** What the footers of Parquet files, a count of other rows and the first rows say of the sources of the plan. */
  statistics(plan: Plan): Promise<TableLookup>;
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
    keepsFileOrder: true,
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
    describePlace: async () => undefined,
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
