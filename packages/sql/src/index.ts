export { CLICKHOUSE_SESSION, clickhouse } from './clickhouse.ts';
export {
  clickhouseFileColumns,
  clickhouseKill,
  clickhouseTableFacts,
} from './clickhouse-statements.ts';
export type { Dialect, FilePlace, ResolveFile } from './dialect.ts';
export { duckdb } from './duckdb.ts';
export { dropStage, parquetFooterOf, stageAs, widthsOf } from './duckdb-measure.ts';
export {
  copyToParquet,
  DUCKDB_SESSION,
  emptyOf,
  type ParquetCodec,
  planOf,
  profileOf,
  saveAsTable,
} from './duckdb-statements.ts';
export { CHECKPOINT, clearTable, createTable, SQLITE_LOCK, TRANSACTION } from './duckdb-tables.ts';
export { type LowerOptions, toSql } from './lower.ts';
export { SPARK_SESSION, spark } from './spark.ts';
export { sparkEmptyOf } from './spark-statements.ts';
export { SCRIPT_LINE, type ScriptTransform, scriptTransform } from './spark-transform.ts';
