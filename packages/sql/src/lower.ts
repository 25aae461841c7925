import { assertNever } from '@wavetune/core';
import {
  type Aggregate,
  createSchemaOf,
  type Join,
  type Named,
  type Plan,
  type Schema,
  type Source,
  type Unnest,
  verifyPlan,
  type Window,
} from '@wavetune/ir';
import { type Dialect, type EmitSource, joinKeyName, type ResolveFile } from './dialect.ts';
import {
  listed,
  lowerAll,
  lowerExpr,
  lowerKeys,
  lowerSortKeys,
  orderClause,
  type Scope,
  typeIn,
} from './lower-expr.ts';

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
 * @throws WavetuneError `ir.*` for a plan that does not verify, `sql.unsupported` for what the dialect does not list, with
 * the JSON path of the node.
 */
export function toSql(
  plan: Plan,
  { dialect, resolve = (path) => ({ path }) }: LowerOptions,
): string {
  verifyPlan(plan);
  const schemaOf = createSchemaOf();
  const steps: string[] = [];
  const lower = (node: Plan, path: string): Step => {
    const inputs = inputsWithPaths(node, path).map(([input, at]) => lower(input, at));
    const schema = schemaOf(node);
    const body = lowerNode(node, inputs, { dialect, resolve, schema, path });
    const name = `s${steps.length}`;
    steps.push(`${name} AS ${dialect.stepHint}(${body})`);
    return { name, schema };
  };
  const { name, schema } = lower(plan, '$');
  const columns = schema.map((field) => dialect.output(dialect.identifier(field.name), field.type));
  return `WITH ${steps.join(',\n')}\nSELECT ${columns.join(', ')} FROM ${name}`;
}

function inputsWithPaths(node: Plan, path: string): readonly (readonly [Plan, string])[] {
  if (node.kind === 'scan') return [];
  if (node.kind === 'union') return node.inputs.map((input, i) => [input, `${path}.inputs[${i}]`]);
  if (node.kind !== 'join') return [[node.input, `${path}.input`]];
  return [
    [node.left, `${path}.left`],
    [node.right, `${path}.right`],
  ];
}

interface Lowering extends Required<LowerOptions> {
  /** Of the node itself. */
  readonly schema: Schema;
  /** Its JSON path. */
  readonly path: string;
}

function lowerNode(node: Plan, inputs: readonly Step[], options: Lowering): string {
  const { dialect, path } = options;
  const [input] = inputs;
  const alias = dialect.qualifiesColumns && input !== undefined ? `${input.name}.` : '';
  const scope: Scope = { dialect, schema: input?.schema ?? [], alias };
  const from = `FROM ${input?.name}`;
  switch (node.kind) {
    case 'scan':
      return lowerSource(node.source, options);
    case 'filter':
      return `SELECT * ${from} WHERE ${lowerExpr(node.predicate, scope, `${path}.predicate`)}`;
    case 'project':
      return `SELECT ${lowerNamed(node.columns, scope, path).join(', ')} ${from}`;
    case 'extend':
      return `SELECT ${['*', ...lowerNamed(node.columns, scope, path)].join(', ')} ${from}`;
    case 'unnest':
      return lowerUnnest(node, scope, from);
    case 'join':
      return lowerJoin(node, inputs, options);
    case 'aggregate':
      return lowerAggregate(node, { ...options, scope, from });
    case 'window':
      return lowerWindow(node, { ...options, scope, from });
    case 'sort':
      return `SELECT * ${from}${orderClause(lowerSortKeys(node.keys, scope, `${path}.keys`), dialect)}`;
    case 'limit':
      return `SELECT * ${from} LIMIT ${node.count} OFFSET ${node.offset}`;
    case 'union':
      return inputs.map(({ name }) => `SELECT * FROM ${name}`).join(' UNION ALL ');
    case 'repartition':
      return dialect.repartition(from, lowerKeys(node.by, scope, `${path}.by`), node.parts);
    default:
      return assertNever(node, 'plan node');
  }
}

function lowerSource<S extends Source>(source: S, { dialect, resolve, path }: Lowering): string {
  const emit = dialect.sources[source.format] as EmitSource<S> | undefined;
  return listed(dialect, emit, `source ${source.format}`, `${path}.source`)(source, resolve);
}

function lowerNamed(columns: readonly Named[], scope: Scope, path: string): readonly string[] {
  return columns.map(({ name, expr }, i) => {
    const value = lowerExpr(expr, scope, `${path}.columns[${i}].expr`);
    return `${value} AS ${scope.dialect.identifier(name)}`;
  });
}

function lowerUnnest(node: Unnest, { dialect, schema, alias }: Scope, from: string): string {
  const list = schema.find(({ name }) => name === node.list);
  if (list?.type.kind !== 'list') throw new Error('verified: what is unnested is a list');
  const parts = dialect.unnest({
    list: `${alias}${dialect.identifier(node.list)}`,
    itemType: list.type.item,
    itemName: dialect.identifier(node.item),
  });
  const kept = schema.filter((field) => field !== list);
  const columns = [
    ...kept.map(({ name }) => `${alias}${dialect.identifier(name)}`),
    `${parts.item} AS ${dialect.identifier(node.item)}`,
  ];
  if (node.ordinality !== undefined) {
    columns.push(`${parts.ordinality} AS ${dialect.identifier(node.ordinality)}`);
  }
  return `SELECT ${columns.join(', ')} ${from}${parts.from}`;
}

function lowerJoin(node: Join, sides: readonly Step[], options: Lowering): string {
  const { dialect, path } = options;
  const keysOf = (side: 'left' | 'right', step: Step): readonly string[] => {
    const alias = dialect.keyedJoinInput ? `${step.name}.` : `${side[0]}.`;
    const scope = { dialect, schema: step.schema, alias };
    return node.on.map((pair, i) => {
      const value = lowerExpr(pair[side], scope, `${path}.on[${i}].${side}`);
      return dialect.joinKey(value, typeIn(pair[side], scope));
    });
  };
  const [left, right] = sides;
  const [l, r] = [keysOf('left', left), keysOf('right', right)];
  const how = dialect.joins[node.how];
  if (dialect.keyedJoinInput === undefined) {
    const on = l.map((key, i) => `${key} = ${r[i]}`).join(' AND ');
    return `SELECT * FROM ${left.name} AS l ${how} JOIN ${right.name} AS r ON ${on}`;
  }
  const inputs = [dialect.keyedJoinInput(left.name, l), dialect.keyedJoinInput(right.name, r)];
  const on = l.map((_, i) => `l.${joinKeyName(i)} = r.${joinKeyName(i)}`).join(' AND ');
  const columns = joinedColumns(node, sides, dialect);
  return `SELECT ${columns} FROM (${inputs[0]}) AS l ${how} JOIN (${inputs[1]}) AS r ON ${on}`;
}

function joinedColumns({ how }: Join, sides: readonly Step[], dialect: Dialect): string {
  const kept = how === 'semi' || how === 'anti' ? sides.slice(0, 1) : sides;
  const columns = kept.flatMap(({ schema }, side) =>
    schema.map(({ name, type }) => {
      const column = dialect.identifier(name);
      return `${dialect.joinedColumn(`${'lr'[side]}.${column}`, type)} AS ${column}`;
    }),
  );
  return columns.join(', ');
}

interface OverInput extends Lowering {
  readonly scope: Scope;
  /** The FROM clause of the one input. */
  readonly from: string;
}

function lowerAggregate(
  node: Aggregate,
  { dialect, schema, scope, from, path }: OverInput,
): string {
  const measures = node.measures.map(({ name, fn, args, orderBy }, i) => {
    const at = `${path}.measures[${i}]`;
    const emit = listed(dialect, dialect.aggregates[fn], `aggregate ${fn}`, at);
    const result = schema[node.groups.length + i].type;
    const keys = lowerSortKeys(orderBy, scope, `${at}.orderBy`);
    const value = emit(lowerAll(args, scope, `${at}.args`), keys, result);
    return `${value} AS ${dialect.identifier(name)}`;
  });
  const keys = lowerKeys(
    node.groups.map(({ expr }) => expr),
    scope,
    `${path}.groups`,
  );
  const named = keys.map((key, i) => `${key} AS ${dialect.identifier(node.groups[i].name)}`);
  const columns = [...named, ...measures].join(', ');
  const groups = node.groups.map((_, i) => i + 1).join(', ');
  return `SELECT ${columns} ${from}${groups && ` GROUP BY ${groups}`}`;
}

function lowerWindow(node: Window, { dialect, schema, scope, from, path }: OverInput): string {
  const partition = lowerKeys(node.partitionBy, scope, `${path}.partitionBy`).join(', ');
  const order = orderClause(lowerSortKeys(node.orderBy, scope, `${path}.orderBy`), dialect);
  const over = `${partition && `PARTITION BY ${partition}`}${order}`;
  const columns = node.columns.map(({ name, fn, args }, i) => {
    const at = `${path}.columns[${i}]`;
    const emit = listed(dialect, dialect.windows[fn], `window function ${fn}`, at);
    const result = schema[scope.schema.length + i].type;
    const value = emit(lowerAll(args, scope, `${at}.args`), over, result);
    return `${value} AS ${dialect.identifier(name)}`;
  });
  return `SELECT ${['*', ...columns].join(', ')} ${from}`;
}
