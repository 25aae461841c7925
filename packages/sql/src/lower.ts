import { assertNever } from '@wavetune/core';
import {
  type Aggregate,
  createSchemaOf,
  inputsOf,
  type Join,
  type Named,
  type Plan,
  type Schema,
  type Source,
  type Unnest,
  verifyPlan,
  type Window,
} from '@wavetune/ir';
import type { Dialect, EmitSource, ResolveFile } from './dialect.ts';
import { listed, lowerAll, lowerExpr, lowerOrder, type Scope } from './lower-expr.ts';

export interface LowerOptions {
  readonly dialect: Dialect;
  /** Without it files stand in the SQL as the plan names them. */
  readonly resolve?: ResolveFile;
}

/** A step that is written: the name that later steps read it by, and its columns. */
interface Step {
  readonly name: string;
  readonly schema: Schema;
}

/**
 * One query for a plan: a common table expression a node, leaves first, so that the SQL reads in the order of the plan.
 * Equal plans give equal text.
 *
 * @throws WavetuneError `ir.*` for a plan that does not verify, `sql.unsupported` for what the dialect does not list.
 */
export function toSql(
  plan: Plan,
  { dialect, resolve = (path) => ({ path }) }: LowerOptions,
): string {
  verifyPlan(plan);
  const schemaOf = createSchemaOf();
  const steps: string[] = [];
  const lower = (node: Plan): Step => {
    const inputs = inputsOf(node).map(lower);
    const schema = schemaOf(node);
    const body = lowerNode(node, inputs, { dialect, resolve, schema });
    const name = `s${steps.length}`;
    steps.push(`${name} AS NOT MATERIALIZED (${body})`);
    return { name, schema };
  };
  const { name, schema } = lower(plan);
  const columns = schema.map((field) => dialect.identifier(field.name)).join(', ');
  return `WITH ${steps.join(',\n')}\nSELECT ${columns} FROM ${name}`;
}

interface Lowering extends Required<LowerOptions> {
  /** Of the node itself. */
  readonly schema: Schema;
}

function lowerNode(node: Plan, inputs: readonly Step[], options: Lowering): string {
  const { dialect } = options;
  const [input] = inputs;
  const scope: Scope = { dialect, schema: input?.schema ?? [], alias: '' };
  const from = `FROM ${input?.name}`;
  switch (node.kind) {
    case 'scan':
      return lowerSource(node.source, options);
    case 'filter':
      return `SELECT * ${from} WHERE ${lowerExpr(node.predicate, scope)}`;
    case 'project':
      return `SELECT ${lowerNamed(node.columns, scope).join(', ')} ${from}`;
    case 'extend':
      return `SELECT ${['*', ...lowerNamed(node.columns, scope)].join(', ')} ${from}`;
    case 'unnest':
      return lowerUnnest(node, scope, from);
    case 'join':
      return lowerJoin(node, inputs, dialect);
    case 'aggregate':
      return lowerAggregate(node, { ...options, scope, from });
    case 'window':
      return lowerWindow(node, { ...options, scope, from });
    case 'sort':
      return `SELECT * ${from}${lowerOrder(node.keys, scope)}`;
    case 'limit':
      return `SELECT * ${from} LIMIT ${node.count} OFFSET ${node.offset}`;
    case 'union':
      return inputs.map(({ name }) => `SELECT * FROM ${name}`).join(' UNION ALL ');
    case 'repartition':
      return `SELECT * ${from}`;
    default:
      return assertNever(node, 'plan node');
  }
}

function lowerSource<S extends Source>(source: S, options: Required<LowerOptions>): string {
  const { dialect, resolve } = options;
  const emit = dialect.sources[source.format] as EmitSource<S> | undefined;
  return listed(dialect, emit, `source ${source.format}`)(source, resolve);
}

function lowerNamed(columns: readonly Named[], scope: Scope): readonly string[] {
  return columns.map(
    ({ name, expr }) => `${lowerExpr(expr, scope)} AS ${scope.dialect.identifier(name)}`,
  );
}

function lowerUnnest(node: Unnest, { dialect, schema }: Scope, from: string): string {
  const { item, ordinality } = dialect.unnest(dialect.identifier(node.list));
  const kept = schema.filter(({ name }) => name !== node.list);
  const columns = [
    ...kept.map(({ name }) => dialect.identifier(name)),
    `${item} AS ${dialect.identifier(node.item)}`,
  ];
  if (node.ordinality !== undefined) {
    columns.push(`${ordinality} AS ${dialect.identifier(node.ordinality)}`);
  }
  return `SELECT ${columns.join(', ')} ${from}`;
}

function lowerJoin(node: Join, [left, right]: readonly Step[], dialect: Dialect): string {
  const on = node.on.map((pair) => {
    const l = lowerExpr(pair.left, { dialect, schema: left.schema, alias: 'l.' });
    const r = lowerExpr(pair.right, { dialect, schema: right.schema, alias: 'r.' });
    return `${l} = ${r}`;
  });
  const how = node.how.toUpperCase();
  return `SELECT * FROM ${left.name} AS l ${how} JOIN ${right.name} AS r ON ${on.join(' AND ')}`;
}

interface OverInput extends Lowering {
  readonly scope: Scope;
  /** The FROM clause of the one input. */
  readonly from: string;
}

function lowerAggregate(node: Aggregate, { dialect, schema, scope, from }: OverInput): string {
  const measures = node.measures.map(({ name, fn, args, orderBy }, i) => {
    const emit = listed(dialect, dialect.aggregates[fn], `aggregate ${fn}`);
    const result = schema[node.groups.length + i].type;
    const value = emit(lowerAll(args, scope), lowerOrder(orderBy, scope), result);
    return `${value} AS ${dialect.identifier(name)}`;
  });
  const columns = [...lowerNamed(node.groups, scope), ...measures].join(', ');
  const groups = node.groups.map((_, i) => i + 1).join(', ');
  return `SELECT ${columns} ${from}${groups && ` GROUP BY ${groups}`}`;
}

function lowerWindow(node: Window, { dialect, schema, scope, from }: OverInput): string {
  const partition = lowerAll(node.partitionBy, scope).join(', ');
  const over = `${partition && `PARTITION BY ${partition}`}${lowerOrder(node.orderBy, scope)}`;
  const columns = node.columns.map(({ name, fn, args }, i) => {
    const emit = listed(dialect, dialect.windows[fn], `window function ${fn}`);
    const value = emit(lowerAll(args, scope), over, schema[scope.schema.length + i].type);
    return `${value} AS ${dialect.identifier(name)}`;
  });
  return `SELECT ${['*', ...columns].join(', ')} ${from}`;
}
