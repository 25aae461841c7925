export { AGGREGATES, type AggregateName } from './aggregates.ts';
export {
  asc,
  call,
  caseOf,
  cast,
  col,
  desc,
  field,
  lit,
  parseJson,
  tryCast,
} from './build-exprs.ts';
export {
  aggregate,
  extend,
  filter,
  join,
  limit,
  project,
  repartition,
  scan,
  sort,
  union,
  unnest,
  window,
} from './build-plans.ts';
export { childrenOf, inputsOf } from './children.ts';
export { decodePlan, encodePlan } from './codec.ts';
export { decodeDatajaxTrace, encodeDatajaxTrace } from './datajax/codec.ts';
export {
  type DatajaxTables,
  type DatajaxTag,
  planOfDatajaxTrace,
  rhsTagsOf,
} from './datajax/plan-of-trace.ts';
export type {
  DatajaxExpr,
  DatajaxJoin,
  DatajaxScalar,
  DatajaxStep,
  DatajaxTrace,
} from './datajax/trace.ts';
export { type BoundDatajaxTrace, datajaxTraceOfPlan } from './datajax/trace-of-plan.ts';
export { typeOf } from './expr-type.ts';
export { FUNCTIONS, type FunctionName } from './functions.ts';
export type {
  Aggregate,
  Call,
  Case,
  Cast,
  Col,
  ColumnFiles,
  DocumentFiles,
  Expr,
  Extend,
  FieldOf,
  Filter,
  Join,
  JoinPair,
  JsonLineFiles,
  Limit,
  LineFiles,
  Lit,
  Literal,
  Measure,
  Named,
  Node,
  Over,
  ParseJson,
  Plan,
  Project,
  Repartition,
  Scan,
  Sort,
  SortKey,
  Source,
  Table,
  Union,
  Unnest,
  Values,
  Window,
} from './nodes.ts';
export { optimizeInSteps, optimizePlan, PASSES, type PassStep } from './optimize.ts';
export type { Pass } from './passes/pass.ts';
export { planFormatOf } from './plan-format.ts';
export { printPlan } from './print.ts';
export { createSchemaOf, schemaOf, verifyPlan } from './schema.ts';
export {
  BOOL,
  F64,
  type Field,
  fieldsOf,
  I64,
  type ListType,
  listOf,
  type ScalarType,
  type Schema,
  type StructType,
  structOf,
  TEXT,
  type Type,
  typeName,
  U64,
} from './types.ts';
export type { WindowName } from './windows.ts';
