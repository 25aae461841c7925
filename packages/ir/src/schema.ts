import { assertNever } from '@wavetune/core';
import { AGGREGATES } from './aggregates.ts';
import { expectType, resultOf, typeOf } from './expr-type.ts';
import { isScalar } from './functions.ts';
import { irError } from './ir-errors.ts';
import { checkedSchema, fieldNamed } from './names.ts';
import { checkNesting } from './nesting.ts';
import type {
  Aggregate,
  Join,
  Limit,
  Named,
  Plan,
  SortKey,
  Union,
  Unnest,
  Window,
} from './nodes.ts';
import { sourceSchema } from './sources.ts';
import { type Field, I64, isSameSchema, isSameType, type Schema, typeName } from './types.ts';
import { WINDOWS } from './windows.ts';

/**
 * The columns that `plan` gives; derived from its leaves in time linear in the tree.
 *
 * @throws WavetuneError as {@link verifyPlan}.
 */
export function schemaOf(plan: Plan): Schema {
  checkNesting(plan);
  return derive(plan, '$', new Map());
}

/**
 * A `schemaOf` for whoever asks about many nodes of verified plans: it derives each node once, and holds what it found for
 * as long as the caller holds it.
 */
export function createSchemaOf(): (plan: Plan) => Schema {
  const known: Known = new Map();
  return (plan) => derive(plan, '$', known);
}

/** The schemas that are derived already, by node. */
type Known = Map<Plan, Schema>;

/**
 * The plan itself, once every name resolves, every expression has a type and the nesting is within bounds; that is all
 * that a dialect relies on.
 *
 * @throws WavetuneError `ir.*` with the JSON path of the offending node.
 */
export function verifyPlan<P extends Plan>(plan: P): P {
  schemaOf(plan);
  return plan;
}

function derive(plan: Plan, path: string, known: Known): Schema {
  const found = known.get(plan) ?? deriveAnew(plan, path, known);
  known.set(plan, found);
  return found;
}

function deriveAnew(plan: Plan, path: string, known: Known): Schema {
  switch (plan.kind) {
    case 'scan':
      return sourceSchema(plan.source, `${path}.source`);
    case 'filter': {
      const schema = derive(plan.input, `${path}.input`, known);
      expectType(plan.predicate, schema, `${path}.predicate`, 'bool');
      return schema;
    }
    case 'project':
      return checkedSchema(
        namedFields(plan.columns, below(plan, path, known), `${path}.columns`),
        path,
      );
    case 'extend': {
      const schema = below(plan, path, known);
      return checkedSchema(
        [...schema, ...namedFields(plan.columns, schema, `${path}.columns`)],
        path,
      );
    }
    case 'unnest':
      return unnestSchema(plan, path, known);
    case 'join':
      return joinSchema(plan, path, known);
    case 'aggregate':
      return aggregateSchema(plan, path, known);
    case 'window':
      return windowSchema(plan, path, known);
    case 'sort': {
      const schema = below(plan, path, known);
      checkKeys(plan.keys, schema, `${path}.keys`);
      return schema;
    }
    case 'limit':
      return limitSchema(plan, path, known);
    case 'union':
      return unionSchema(plan, path, known);
    case 'repartition': {
      checkCount(plan.parts, 1, 'a count of parts', path);
      const schema = below(plan, path, known);
      plan.by.forEach((expr, i) => {
        typeOf(expr, schema, `${path}.by[${i}]`);
      });
      return schema;
    }
    default:
      return assertNever(plan, 'plan node');
  }
}

function below(plan: { readonly input: Plan }, path: string, known: Known): Schema {
  return derive(plan.input, `${path}.input`, known);
}

function namedFields(columns: readonly Named[], schema: Schema, path: string): readonly Field[] {
  return columns.map(({ name, expr }, i) => ({
    name,
    type: typeOf(expr, schema, `${path}[${i}].expr`),
  }));
}

function unnestSchema(plan: Unnest, path: string, known: Known): Schema {
  const schema = below(plan, path, known);
  const list = fieldNamed(schema, plan.list, path);
  if (list.type.kind !== 'list') {
    const what = `column "${plan.list}"`;
    throw irError('ir.wrong-type', { path, what, found: typeName(list.type), accepted: 'a list' });
  }
  return checkedSchema(
    [
      ...schema.filter((field) => field !== list),
      { name: plan.item, type: list.type.item },
      ...(plan.ordinality === undefined ? [] : [{ name: plan.ordinality, type: I64 }]),
    ],
    path,
  );
}

function joinSchema(plan: Join, path: string, known: Known): Schema {
  const left = derive(plan.left, `${path}.left`, known);
  const right = derive(plan.right, `${path}.right`, known);
  if (plan.on.length === 0) throw irError('ir.bad-node', { path, reason: 'a join without pairs' });
  plan.on.forEach((pair, i) => {
    const at = `${path}.on[${i}]`;
    const wanted = typeOf(pair.left, left, `${at}.left`);
    const found = typeOf(pair.right, right, `${at}.right`);
    if (!isSameType(wanted, found) || !isScalar(wanted)) {
      const accepted = `a scalar on both sides, of one type; the left is ${typeName(wanted)}`;
      throw irError('ir.wrong-type', {
        path: at,
        what: 'the right',
        found: typeName(found),
        accepted,
      });
    }
  });
  const keepsRight = plan.how !== 'semi' && plan.how !== 'anti';
  return keepsRight ? checkedSchema([...left, ...right], path) : left;
}

function aggregateSchema(plan: Aggregate, path: string, known: Known): Schema {
  const schema = below(plan, path, known);
  const groups = namedFields(plan.groups, schema, `${path}.groups`);
  const measures = plan.measures.map((measure, i) => {
    const at = `${path}.measures[${i}]`;
    const args = measure.args.map((arg, j) => typeOf(arg, schema, `${at}.args[${j}]`));
    checkKeys(measure.orderBy, schema, `${at}.orderBy`);
    return { name: measure.name, type: resultOf(measure.fn, AGGREGATES[measure.fn], args, at) };
  });
  const fields = [...groups, ...measures];
  if (fields.length === 0)
    throw irError('ir.bad-node', { path, reason: 'an aggregate of nothing' });
  return checkedSchema(fields, path);
}

function windowSchema(plan: Window, path: string, known: Known): Schema {
  const schema = below(plan, path, known);
  plan.partitionBy.forEach((expr, i) => {
    typeOf(expr, schema, `${path}.partitionBy[${i}]`);
  });
  checkKeys(plan.orderBy, schema, `${path}.orderBy`);
  const columns = plan.columns.map((over, i) => {
    const at = `${path}.columns[${i}]`;
    const args = over.args.map((arg, j) => typeOf(arg, schema, `${at}.args[${j}]`));
    return { name: over.name, type: resultOf(over.fn, WINDOWS[over.fn], args, at) };
  });
  return checkedSchema([...schema, ...columns], path);
}

function checkKeys(keys: readonly SortKey[], schema: Schema, path: string): void {
  keys.forEach((key, i) => {
    const at = `${path}[${i}].expr`;
    const found = typeOf(key.expr, schema, at);
    if (!isScalar(found)) {
      throw irError('ir.wrong-type', {
        path: at,
        what: 'a sort key',
        found: typeName(found),
        accepted: 'a scalar',
      });
    }
  });
}

function limitSchema(plan: Limit, path: string, known: Known): Schema {
  for (const n of [plan.count, plan.offset]) checkCount(n, 0, 'a count of rows', path);
  return below(plan, path, known);
}

function checkCount(n: number, least: number, what: string, path: string): void {
  if (Number.isSafeInteger(n) && n >= least) return;
  throw irError('ir.bad-node', { path, reason: `${n} is not ${what}` });
}

function unionSchema(plan: Union, path: string, known: Known): Schema {
  const schemas = plan.inputs.map((input, i) => derive(input, `${path}.inputs[${i}]`, known));
  if (schemas.length === 0) throw irError('ir.bad-node', { path, reason: 'a union of nothing' });
  schemas.forEach((schema, i) => {
    if (isSameSchema(schema, schemas[0])) return;
    throw irError('ir.wrong-type', {
      path: `${path}.inputs[${i}]`,
      what: 'the schema',
      found: typeName({ kind: 'struct', fields: schema }),
      accepted: typeName({ kind: 'struct', fields: schemas[0] }),
    });
  });
  return schemas[0];
}
