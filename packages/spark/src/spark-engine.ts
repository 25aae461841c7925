import {
  arrowChunks,
  type Chunk,
  type FileColumn,
  type QueryEngine,
  rowsOf,
} from '@wavetune/engine';
import { optimizePlan, type Plan, printPlan, schemaOf } from '@wavetune/ir';
import { type ScriptTransform, SPARK_SESSION, spark, sparkEmptyOf, toSql } from '@wavetune/sql';
import { arrowColumns } from './arrow-columns.ts';
import { isRemotePlace, resolveFile } from './resolve-file.ts';
import { runScript } from './run-script.ts';
import { connectSpark, type SparkClient, type SparkClientOptions } from './spark-client.ts';

/** Where rows go in {@link SparkEngine.script}, and to which program. */
export type ScriptOptions = Omit<ScriptTransform, 'query' | 'schema'>;

/**
 * Plans on a Spark cluster. `stream` gives Arrow's batches; interrupted is `spark.interrupted`, and then the query is gone
 * from the server. Local files must lie under the same path on every worker; places such as `s3a://bucket/*.parquet` are
 * Spark's to read.
 */
export interface SparkEngine extends QueryEngine {
  /** The lines of a program over the rows of `plan`, shard by shard, on the executors; see `runScript`. */
  script(plan: Plan, options: ScriptOptions): AsyncIterable<string>;
}

/** Rows of one message; Spark stops it at 4 MiB. */
const BATCH_ROWS = '50000';

/**
 * Connects to `sc://host:port`; see `connectSpark`.
 *
 * @throws WavetuneError `usage.spark-url`, `spark.unreachable`, `spark.refused`.
 */
export async function openSparkEngine(
  url: string,
  options: SparkClientOptions = {},
): Promise<SparkEngine> {
  const client = await connectSpark(url, options);
  try {
    await client.configure({
      ...SPARK_SESSION,
      'spark.sql.execution.arrow.maxRecordsPerBatch': BATCH_ROWS,
    });
  } catch (failure) {
    await client.close();
    throw failure;
  }
  const describe = (path: string, format: 'parquet' | 'csv') =>
    describeColumns(client, path, format);
  return {
    keepsFileOrder: false,
    stream: (plan) => streamPlan(client, plan),
    rows: (plan) => rowsOf(streamPlan(client, plan), schemaOf(plan)),
    explain: async (plan) => ({ tree: printPlan(optimizePlan(plan)), sql: sqlOf(plan) }),
    describeFile: describe,
    describePlace: async (place) =>
      isRemotePlace(place)
        ? { sizeBytes: 0, columns: await describe(place, 'parquet') }
        : undefined,
    readShare: () => undefined,
    script: (plan, { shardBy, orderBy, send, command }) =>
      runScript(client, {
        query: sqlOf(plan),
        schema: schemaOf(plan),
        shardBy,
        orderBy,
        send,
        command,
      }),
    interrupt: () => client.interrupt(),
    close: () => client.close(),
  };
}

async function* streamPlan(client: SparkClient, plan: Plan): AsyncGenerator<Chunk> {
  const schema = schemaOf(plan);
  for await (const { rowCount, data } of client.execute(sqlOf(plan))) {
    if (rowCount > 0) yield* arrowChunks(data, schema, 'bits');
  }
}

function sqlOf(plan: Plan): string {
  return toSql(optimizePlan(plan), { dialect: spark, resolve: resolveFile });
}

async function describeColumns(
  client: SparkClient,
  path: string,
  format: 'parquet' | 'csv',
): Promise<readonly FileColumn[]> {
  let columns: readonly FileColumn[] = [];
  for await (const { data } of client.execute(sparkEmptyOf(resolveFile(path), format))) {
    if (data.length > 0) columns = arrowColumns(data);
  }
  return columns;
}
