export type { AppendColumn, AppendValue, FlatLists } from './append-rows.ts';
export { type ArrowBytes, arrowChunks } from './arrow/arrow-chunks.ts';
export type { Absence } from './arrow/arrow-vector.ts';
export type { Chunk } from './chunk.ts';
export {
  type Database,
  type DatabaseOptions,
  openDatabase,
  type TableWriter,
} from './database.ts';
export type { FileColumn } from './describe.ts';
export { type Engine, type EngineOptions, openEngine } from './engine.ts';
export { type FileLock, lockFile } from './file-lock.ts';
export type { SampleOptions } from './measure-sample.ts';
export type { OperatorProfile, Profile } from './profile.ts';
export type { Explanation } from './query.ts';
export type { LogPlace, QueryEngine } from './query-engine.ts';
export { readHead } from './read-head.ts';
export { type Row, rowsOf, type Value } from './rows.ts';
export type { Progress } from './session.ts';
export type {
  F64Vector,
  IntegerVector,
  ListVector,
  PlainVector,
  StructVector,
  Vector,
} from './vector.ts';
