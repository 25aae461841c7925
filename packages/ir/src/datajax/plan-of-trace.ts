import { assertNever, isWavetuneError } from '@wavetune/core';
import { col } from '../build-exprs.ts';
import { irError } from '../ir-errors.ts';
import { fieldNamed } from '../names.ts';
import { checkNesting } from '../nesting.ts';
import type { Expr, Measure, Named, Plan, Repartition } from '../nodes.ts';
import { schemaOf, verifyPlan } from '../schema.ts';
import { BOOL, I64, isNumeric, type Schema, typeName } from '../types.ts';
import { asType, type Typed } from './common-type.ts';
import { exprOfDatajax } from './expr-of-trace.ts';
import { joinOfDatajax } from './join-of-trace.ts';
import type {
  DatajaxAggregate,
  DatajaxInput,
  DatajaxJoin,
  DatajaxMap,
  DatajaxRepartition,
  DatajaxStep,
  DatajaxTrace,
} from './trace.ts';

/** The tables that a trace runs on. */
export interface DatajaxTables {
  /** Has at least the columns of the trace's input step. */
  readonly input: Plan;
  /** The right side of each join, by the tag that {@link rhsTagsOf} gives. */
  readonly rhs: Readonly<Record<string, Plan>>;
  /** How many parts a repartition asks for, of which a trace says nothing; 1 where it is left out. */
  readonly parts?: number;
}

/** A table that a trace needs. */
export interface DatajaxTag {
  readonly tag: string;
  /** JSON path of its join in the trace. */
  readonly path: string;
  readonly columns: readonly string[] | undefined;
}

/**
 * What must be bound, in the order of the trace. A join without a tag, as datajax itself writes every join, goes by its
 * place: `step3` for the step at `$[3]`.
 */
export function rhsTagsOf(trace: DatajaxTrace): readonly DatajaxTag[] {
  return trace.flatMap((step, i) =>
    step.type === 'join'
      ? [{ tag: tagOf(step, i), path: `$[${i}]`, columns: step.right_columns }]
      : [],
  );
}

/**
 * The plan that a trace means, with the tables in their places. Nulls are SQL's; the README says where pandas differs.
 *
 * @throws WavetuneError `ir.unbound-table`, `ir.bad-suffixes`, `ir.unknown-column`, `ir.wrong-type`, `ir.bad-trace`,
 * each with the path in the trace, and `ir.too-deep`.
 */
export function planOfDatajaxTrace(trace: DatajaxTrace, tables: DatajaxTables): Plan {
  checkNesting(trace);
  return trace.reduce<Plan>((plan, step, i) => {
    const path = `$[${i}]`;
    const next = planOfStep(step, plan, { tables, path, place: i });
    return verifiedAt(next, path);
  }, tables.input);
}

interface Place {
  readonly tables: DatajaxTables;
  readonly path: string;
  readonly place: number;
}

function planOfStep(step: DatajaxStep, input: Plan, { tables, path, place }: Place): Plan {
  switch (step.type) {
    case 'input':
      return inputOf(step, input, path);
    case 'map':
      return mapped(step, input, path);
    case 'filter':
      return {
        kind: 'filter',
        input,
        predicate: predicateOf(step.predicate, schemaOf(input), path),
      };
    case 'project':
      return selected(input, step.columns, `${path}.columns`);
    case 'aggregate':
      return aggregated(step, input, path);
    case 'join':
      return joinOfDatajax(step, input, boundTable(step, tables, { path, place }), path);
    case 'repartition':
      return repartitioned(step, input, { parts: tables.parts ?? 1, path: `${path}.spec` });
    default:
      return assertNever(step, 'datajax step');
  }
}

function inputOf(step: DatajaxInput, input: Plan, path: string): Plan {
  const given = schemaOf(input).map(({ name }) => name);
  const isSame =
    given.length === step.schema.length && given.every((name, i) => name === step.schema[i]);
  return isSame ? input : selected(input, step.schema, `${path}.schema`);
}

function selected(input: Plan, names: readonly string[], path: string): Plan {
  const schema = schemaOf(input);
  const columns = names.map((name, i) => {
    fieldNamed(schema, name, `${path}[${i}]`);
    return named(name, col(name));
  });
  return { kind: 'project', input, columns };
}

function mapped(step: DatajaxMap, input: Plan, path: string): Plan {
  const schema = schemaOf(input);
  const { expr } = exprOfDatajax(step.expr, schema, `${path}.expr`);
  const column = named(step.output, expr);
  if (!schema.some(({ name }) => name === step.output)) {
    return { kind: 'extend', input, columns: [column] };
  }
  const columns = schema.map(({ name }) =>
    name === step.output ? column : named(name, col(name)),
  );
  return { kind: 'project', input, columns };
}

function predicateOf(
  predicate: Parameters<typeof exprOfDatajax>[0],
  schema: Schema,
  at: string,
): Expr {
  const path = `${at}.predicate`;
  const typed = exprOfDatajax(predicate, schema, path);
  if (typed.type.kind === 'bool' || typed.constant === null) return asType(typed, BOOL);
  const found = typeName(typed.type);
  throw irError('ir.wrong-type', { path, what: 'the predicate', found, accepted: 'bool' });
}

function aggregated(step: DatajaxAggregate, input: Plan, path: string): Plan {
  const schema = schemaOf(input);
  const key = exprOfDatajax(step.key, schema, `${path}.key`);
  const value = exprOfDatajax(step.value, schema, `${path}.value`);
  const measure: Measure = {
    kind: 'measure',
    name: step.value_alias,
    fn: step.agg,
    args: argumentsOf(step, value, `${path}.value`),
    orderBy: [],
  };
  const groups = [named(step.key_alias, key.expr)];
  return { kind: 'aggregate', input, groups, measures: [measure] };
}

/** Counting a constant is counting rows; sums and means take bools for 0 and 1. */
function argumentsOf({ agg }: DatajaxAggregate, value: Typed, path: string): readonly Expr[] {
  const isConstant = value.expr.kind === 'lit' && value.expr.value !== null;
  if (agg === 'count' && isConstant) return [];
  if (agg !== 'sum' && agg !== 'mean') return [value.expr];
  if (value.type.kind === 'bool') return [asType(value, I64)];
  if (isNumeric(value.type)) return [value.expr];
  const found = typeName(value.type);
  throw irError('ir.wrong-type', { path, what: `what ${agg} takes`, found, accepted: 'a number' });
}

function repartitioned(
  { spec }: DatajaxRepartition,
  input: Plan,
  { parts, path }: { readonly parts: number; readonly path: string },
): Repartition {
  if (spec.kind === 'replicated') return { kind: 'repartition', input, by: [], parts };
  const { key } = spec;
  if (spec.kind === null || key === null || key === undefined) {
    const reason = 'a repartition that names no kind, or no key';
    throw irError('ir.bad-trace', { path, reason });
  }
  fieldNamed(schemaOf(input), key, `${path}.key`);
  return { kind: 'repartition', input, by: [col(key)], parts };
}

function boundTable(
  step: DatajaxJoin,
  { rhs }: DatajaxTables,
  { path, place }: { readonly path: string; readonly place: number },
): Plan {
  const tag = tagOf(step, place);
  if (Object.hasOwn(rhs, tag)) return rhs[tag];
  throw irError('ir.unbound-table', { path: `${path}.rhs_tag`, tag, bound: Object.keys(rhs) });
}

function tagOf(step: DatajaxJoin, place: number): string {
  return step.rhs_tag ?? `step${place}`;
}

/** What remains to be refused of a step, such as two columns of one name, under the path of the step. */
function verifiedAt(plan: Plan, path: string): Plan {
  try {
    return verifyPlan(plan);
  } catch (error) {
    if (!isWavetuneError(error) || error.code === 'ir.too-deep') throw error;
    const details = { ...error.details, path } as never;
    throw irError(error.code as Parameters<typeof irError>[0], details, { cause: error });
  }
}

function named(name: string, expr: Expr): Named {
  return { kind: 'named', name, expr };
}
