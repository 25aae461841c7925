import { z } from 'zod';
import {
  AGGS,
  BIN_OPS,
  CMP_OPS,
  type DatajaxExpr,
  type DatajaxTrace,
  HOWS,
  LOGIC_OPS,
} from './trace.ts';

const expr: z.ZodType<DatajaxExpr> = z.lazy(() => exprShape);

const exprShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('col'), name: z.string() }),
  z.strictObject({
    kind: z.literal('lit'),
    value: z.union([z.null(), z.boolean(), z.string(), z.number(), z.bigint()]),
  }),
  z.strictObject({ kind: z.literal('rename'), alias: z.string(), expr }),
  z.strictObject({ kind: z.literal('bin'), op: z.enum(BIN_OPS), left: expr, right: expr }),
  z.strictObject({ kind: z.literal('cmp'), op: z.enum(CMP_OPS), left: expr, right: expr }),
  z.strictObject({ kind: z.literal('logic'), op: z.enum(LOGIC_OPS), left: expr, right: expr }),
]);

const names = z.array(z.string());
const keys = z.union([z.string(), names.min(1)]);

const specShape = z.strictObject({
  kind: z.enum(['key', 'replicated']).nullable(),
  key: z.string().nullable().exactOptional(),
  axis: z.union([z.string(), z.bigint()]).nullable().exactOptional(),
});

const stepShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input'), schema: names }),
  z.strictObject({ type: z.literal('map'), output: z.string(), expr }),
  z.strictObject({ type: z.literal('filter'), predicate: expr }),
  z.strictObject({ type: z.literal('project'), columns: names }),
  z.strictObject({
    type: z.literal('aggregate'),
    key: expr,
    key_alias: z.string(),
    value: expr,
    value_alias: z.string(),
    agg: z.enum(AGGS),
  }),
  z.strictObject({
    type: z.literal('join'),
    left_on: keys,
    right_on: keys,
    how: z.enum(HOWS).exactOptional(),
    right_columns: names.exactOptional(),
    suffixes: z.tuple([z.string(), z.string()]).exactOptional(),
    rhs_tag: z.string().nullable().exactOptional(),
  }),
  z.strictObject({ type: z.literal('repartition'), spec: specShape }),
]);

/** What a trace looks like as JSON; unknown keys are refused, for they may change what a step means. */
export const traceShape: z.ZodType<DatajaxTrace> = z.array(stepShape);
