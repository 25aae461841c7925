import { z } from 'zod';
import { AGGREGATES, type AggregateName } from './aggregates.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import type { Expr, JoinPair, Measure, Named, Over, Plan, SortKey, Source } from './nodes.ts';
import type { Field, ListType, ScalarType, StructType, Type } from './types.ts';
import { WINDOWS, type WindowName } from './windows.ts';

const scalarShape: z.ZodType<ScalarType> = z.strictObject({
  kind: z.enum(['bool', 'i64', 'u64', 'f64', 'text']),
});
const typeShape: z.ZodType<Type> = z.lazy(() => z.union([scalarShape, listShape, structShape]));
const listShape: z.ZodType<ListType> = z.strictObject({ kind: z.literal('list'), item: typeShape });
const fieldShape: z.ZodType<Field> = z.strictObject({ name: z.string(), type: typeShape });
const structShape: z.ZodType<StructType> = z.strictObject({
  kind: z.literal('struct'),
  fields: z.array(fieldShape),
});

const literalShape = z.union([z.string(), z.boolean(), z.null()]);
const names = z.array(z.string());
const columns = z.array(fieldShape);
const positionShape = z.strictObject({ file: z.string(), row: z.string() });

const sourceShape: z.ZodType<Source> = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.enum(['parquet', 'csv']),
    files: names,
    columns,
    position: positionShape.exactOptional(),
  }),
  z.strictObject({ format: z.literal('json_lines'), files: names, columns }),
  z.strictObject({ format: z.literal('lines'), files: names }),
  z.strictObject({ format: z.literal('documents'), files: names }),
  z.strictObject({
    format: z.literal('values'),
    columns,
    rows: z.array(z.array(literalShape)),
  }),
  z.strictObject({ format: z.literal('table'), name: z.string(), columns }),
]);

const expr: z.ZodType<Expr> = z.lazy(() => exprShape);
const exprs = z.array(expr);
const exprShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('col'), name: z.string() }),
  z.strictObject({ kind: z.literal('lit'), type: scalarShape, value: literalShape }),
  z.strictObject({
    kind: z.literal('call'),
    fn: z.enum(Object.keys(FUNCTIONS) as FunctionName[]),
    args: exprs,
  }),
  z.strictObject({
    kind: z.literal('cast'),
    of: expr,
    to: scalarShape,
    mode: z.enum(['strict', 'try']),
  }),
  z.strictObject({ kind: z.literal('case'), whens: exprs, thens: exprs, otherwise: expr }),
  z.strictObject({ kind: z.literal('field'), of: expr, name: z.string() }),
  z.strictObject({
    kind: z.literal('parse_json'),
    text: expr,
    type: z.union([listShape, structShape]),
  }),
]);

const namedShape: z.ZodType<Named> = z.strictObject({
  kind: z.literal('named'),
  name: z.string(),
  expr,
});
const keyShape: z.ZodType<SortKey> = z.strictObject({
  kind: z.literal('key'),
  expr,
  order: z.enum(['asc', 'desc']),
  nulls: z.enum(['first', 'last']),
});
const pairShape: z.ZodType<JoinPair> = z.strictObject({
  kind: z.literal('pair'),
  left: expr,
  right: expr,
});
const measureShape: z.ZodType<Measure> = z.strictObject({
  kind: z.literal('measure'),
  name: z.string(),
  fn: z.enum(Object.keys(AGGREGATES) as AggregateName[]),
  args: exprs,
  orderBy: z.array(keyShape),
});
const overShape: z.ZodType<Over> = z.strictObject({
  kind: z.literal('over'),
  name: z.string(),
  fn: z.enum(Object.keys(WINDOWS) as WindowName[]),
  args: exprs,
});

const plan: z.ZodType<Plan> = z.lazy(() => planShape);

/** What a plan looks like as JSON; unknown keys are refused. What it means is `verifyPlan`'s to check. */
export const planShape: z.ZodType<Plan> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scan'), source: sourceShape }),
  z.strictObject({ kind: z.literal('filter'), input: plan, predicate: expr }),
  z.strictObject({ kind: z.literal('project'), input: plan, columns: z.array(namedShape) }),
  z.strictObject({ kind: z.literal('extend'), input: plan, columns: z.array(namedShape) }),
  z.strictObject({
    kind: z.literal('unnest'),
    input: plan,
    list: z.string(),
    item: z.string(),
    ordinality: z.string().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('join'),
    how: z.enum(['inner', 'left', 'right', 'full', 'semi', 'anti']),
    left: plan,
    right: plan,
    on: z.array(pairShape),
  }),
  z.strictObject({
    kind: z.literal('aggregate'),
    input: plan,
    groups: z.array(namedShape),
    measures: z.array(measureShape),
  }),
  z.strictObject({
    kind: z.literal('window'),
    input: plan,
    partitionBy: exprs,
    orderBy: z.array(keyShape),
    columns: z.array(overShape),
  }),
  z.strictObject({ kind: z.literal('sort'), input: plan, keys: z.array(keyShape) }),
  z.strictObject({ kind: z.literal('limit'), input: plan, count: z.int(), offset: z.int() }),
  z.strictObject({ kind: z.literal('union'), inputs: z.array(plan) }),
  z.strictObject({ kind: z.literal('repartition'), input: plan, by: exprs, parts: z.int() }),
]);
