import { assertNever } from '@wavetune/core';
import { col } from '../build-exprs.ts';
import { irError } from '../ir-errors.ts';
import { fieldNamed } from '../names.ts';
import type { Expr, Measure, Named, Plan, Repartition } from '../nodes.ts';
import { BOOL, I64, isNumeric, type Schema, typeName } from '../types.ts';
import { asType, type Typed } from './common-type.ts';
import { exprOfDatajax } from './expr-of-trace.ts';
import type {
  DatajaxAggregate,
  DatajaxFilter,
  DatajaxJoin,
  DatajaxMap,
  DatajaxRepartition,
  DatajaxStep,
} from './trace.ts';

/** What a step stands on. */
export interface Below {
  readonly input: Plan;
  /** Of `input`. */
  readonly schema: Schema;
  /** Of the step in the trace. */
  readonly path: string;
}

/** The node of a step other than a join; what its names resolve to is checked, that its columns differ is not. */
export function planOfStep(
  step: Exclude<DatajaxStep, DatajaxJoin>,
  below: Below,
  parts: number,
): Plan {
  const { input, schema, path } = below;
  switch (step.type) {
    case 'input': {
      const isSame = schema.map(({ name }) => name).join('\0') === step.schema.join('\0');
      return isSame ? input : selected(step.schema, below, 'schema');
    }
    case 'map':
      return mapped(step, below);
    case 'filter':
      return { kind: 'filter', input, predicate: predicateOf(step, schema, `${path}.predicate`) };
    case 'project':
      return selected(step.columns, below, 'columns');
    case 'aggregate':
      return aggregated(step, below);
    case 'repartition':
      return repartitioned(step, below, parts);
    default:
      return assertNever(step, 'datajax step');
  }
}

function selected(names: readonly string[], { input, schema, path }: Below, key: string): Plan {
  const columns = names.map((name, i) => {
    fieldNamed(schema, name, `${path}.${key}[${i}]`);
    return named(name, col(name));
  });
  return { kind: 'project', input, columns };
}

function mapped(step: DatajaxMap, { input, schema, path }: Below): Plan {
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

function predicateOf({ predicate }: DatajaxFilter, schema: Schema, path: string): Expr {
  const typed = exprOfDatajax(predicate, schema, path);
  if (typed.type.kind === 'bool' || typed.constant === null) return asType(typed, BOOL);
  const found = typeName(typed.type);
  throw irError('ir.wrong-type', { path, what: 'the predicate', found, accepted: 'bool' });
}

function aggregated(step: DatajaxAggregate, { input, schema, path }: Below): Plan {
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
  { input, schema, path }: Below,
  parts: number,
): Repartition {
  if (spec.kind === 'replicated') return { kind: 'repartition', input, by: [], parts };
  const { key } = spec;
  if (spec.kind === null || key === null || key === undefined) {
    const reason = 'a repartition that names no kind, or no key';
    throw irError('ir.bad-trace', { path: `${path}.spec`, reason });
  }
  fieldNamed(schema, key, `${path}.spec.key`);
  return { kind: 'repartition', input, by: [col(key)], parts };
}

function named(name: string, expr: Expr): Named {
  return { kind: 'named', name, expr };
}
