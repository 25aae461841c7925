import { call, col } from '../build-exprs.ts';
import { irError } from '../ir-errors.ts';
import { fieldNamed } from '../names.ts';
import type { Expr, Join, Named, Plan } from '../nodes.ts';
import { schemaOf } from '../schema.ts';
import { type Schema, typeName } from '../types.ts';
import { asType, commonType, type Typed } from './common-type.ts';
import { type JoinColumns, joinColumns } from './join-columns.ts';
import type { Below } from './step-of-trace.ts';
import { type DatajaxJoin, DEFAULT_SUFFIXES } from './trace.ts';

/** The keys that a join names, in a list also where the trace writes one as text. */
function keysOf(on: DatajaxJoin['left_on']): readonly string[] {
  return typeof on === 'string' ? [on] : on;
}

/**
 * The merge of what is below with the bound `table`: its columns under names of their own, the join, and a projection
 * to the names and the order of the merge where that is not what the join gives.
 *
 * @throws WavetuneError `ir.bad-suffixes` where two columns of the result would have one name, `ir.unknown-column`,
 * `ir.wrong-type`, `ir.bad-trace`.
 */
export function joinOfDatajax(step: DatajaxJoin, table: Plan, below: Below): Plan {
  const { input: left, schema: leftSchema, path } = below;
  const rightSchema = columnsOf(step, schemaOf(table), path);
  const [leftOn, rightOn] = [keysOf(step.left_on), keysOf(step.right_on)];
  if (leftOn.length !== rightOn.length) {
    const reason = `${leftOn.length} keys on the left and ${rightOn.length} on the right`;
    throw irError('ir.bad-trace', { path, reason });
  }
  const names = distinctNames(leftSchema, rightSchema);
  const right = renamed(table, rightSchema, names);
  const rightName = (name: string): string => names[rightSchema.findIndex((f) => f.name === name)];
  const pairs = leftOn.map((key, i) => {
    const l = keyColumn(leftSchema, key, `${path}.left_on[${i}]`);
    const r = keyColumn(rightSchema, rightOn[i], `${path}.right_on[${i}]`);
    const type = commonType(l, r);
    if (type === undefined) {
      const accepted = `what compares with ${typeName(l.type)}`;
      const found = typeName(r.type);
      throw irError('ir.wrong-type', {
        path: `${path}.right_on[${i}]`,
        what: 'the key',
        found,
        accepted,
      });
    }
    const of = { ...r, expr: col(rightName(rightOn[i])) };
    return { kind: 'pair', left: asType(l, type), right: asType(of, type) } as const;
  });
  const how = step.how === 'outer' ? 'full' : (step.how ?? 'inner');
  const join: Join = { kind: 'join', how, left, right, on: pairs };
  if (how === 'semi' || how === 'anti') return join;
  const columns = joinColumns({
    left: leftSchema.map(({ name }) => name),
    right: rightSchema.map(({ name }) => name),
    leftOn,
    rightOn,
    suffixes: step.suffixes ?? DEFAULT_SUFFIXES,
  });
  return merged(join, columns, { leftSchema, names, leftOn, rightOn, path });
}

interface Merging {
  readonly leftSchema: Schema;
  /** The right's columns as the join has them. */
  readonly names: readonly string[];
  readonly leftOn: readonly string[];
  readonly rightOn: readonly string[];
  readonly path: string;
}

function merged(join: Join, columns: JoinColumns, merging: Merging): Plan {
  const { leftSchema, names, path } = merging;
  const all: Named[] = [
    ...leftSchema.map(({ name }, i) => named(columns.left[i], leftValue(join, name, merging))),
    ...names.flatMap((name, i) => {
      const output = columns.right[i];
      return output === undefined ? [] : [named(output, col(name))];
    }),
  ];
  const outputs = all.map(({ name }) => name.toLowerCase());
  const clash = all.find(({ name }, i) => outputs.indexOf(name.toLowerCase()) !== i);
  if (clash) {
    const found = `such that two columns are named ${JSON.stringify(clash.name)}`;
    throw irError('ir.bad-suffixes', { path: `${path}.suffixes`, found });
  }
  const isPlain = all.length === leftSchema.length + names.length && all.every(isColumnItself);
  return isPlain ? join : { kind: 'project', input: join, columns: all };
}

/** A column of the left in the result; a key that both sides have comes from the side whose row there is. */
function leftValue({ how, on }: Join, name: string, { leftOn, rightOn }: Merging): Expr {
  const i = leftOn.findIndex((key, j) => key === name && rightOn[j] === name);
  if (i < 0 || how === 'inner' || how === 'left') return col(name);
  return how === 'right' ? on[i].right : call('coalesce', on[i].left, on[i].right);
}

function isColumnItself({ name, expr }: Named): boolean {
  return expr.kind === 'col' && expr.name === name;
}

function named(name: string, expr: Expr): Named {
  return { kind: 'named', name, expr };
}

/** The columns of the bound table that the step names, in its order. */
function columnsOf(step: DatajaxJoin, table: Schema, path: string): Schema {
  const { right_columns: names } = step;
  if (names === undefined) return table;
  return names.map((name, i) => fieldNamed(table, name, `${path}.right_columns[${i}]`));
}

function keyColumn(schema: Schema, name: string, path: string): Typed {
  return { expr: col(name), type: fieldNamed(schema, name, path).type };
}

/** Names for the right's columns that no column of the left has, even where case is ignored. */
function distinctNames(left: Schema, right: Schema): readonly string[] {
  const taken = new Set([...left, ...right].map(({ name }) => name.toLowerCase()));
  const own = new Set(left.map(({ name }) => name.toLowerCase()));
  return right.map(({ name }) => {
    if (!own.has(name.toLowerCase())) return name;
    let fresh = `${name}_right`;
    while (taken.has(fresh.toLowerCase())) fresh += '_';
    taken.add(fresh.toLowerCase());
    return fresh;
  });
}

function renamed(table: Plan, schema: Schema, names: readonly string[]): Plan {
  const columns = schema.map(({ name }, i) => named(names[i], col(name)));
  const isWhole = schema.length === schemaOf(table).length;
  const isSame = isWhole && schemaOf(table).every(({ name }, i) => name === names[i]);
  return isSame ? table : { kind: 'project', input: table, columns };
}
