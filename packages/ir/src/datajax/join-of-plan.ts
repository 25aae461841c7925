import { canonicalJson } from '@wavetune/core';
import { call } from '../build-exprs.ts';
import { mapChildren } from '../children.ts';
import { irError } from '../ir-errors.ts';
import type { Expr, Join, JoinPair, Named, Plan, Scan } from '../nodes.ts';
import { schemaOf } from '../schema.ts';
import type { Schema } from '../types.ts';
import { asType, commonType } from './common-type.ts';
import { type JoinColumns, joinColumns } from './join-columns.ts';
import { type DatajaxJoin, DEFAULT_SUFFIXES } from './trace.ts';

/** A join as datajax writes it, and its columns by the names that its result has there. */
export interface DraftedJoin {
  readonly step: Omit<DatajaxJoin, 'rhs_tag'>;
  readonly table: Scan;
  /** `columns`, over the result of the step. */
  readonly columns: readonly Named[];
}

/**
 * The join as a merge of its left side with a table.
 *
 * @param columns - What is wanted of the join's columns; undefined for all, as they are.
 * @throws WavetuneError `ir.not-expressible` where the right side is no table, a key no column, or a key is wanted that
 * datajax does not keep.
 */
export function datajaxOfJoin(
  join: Join,
  columns: readonly Named[] | undefined,
  path: string,
): DraftedJoin {
  const right = baseOf(join.right, `${path}.right`);
  const left = schemaOf(join.left);
  const rightNames = right.columns.map(({ base }) => base);
  const keys = join.on.map((pair, i) => keysOfPair(pair, { left, right }, `${path}.on[${i}]`));
  const leftOn = keys.map((key) => key.left);
  const rightOn = keys.map((key) => key.right);
  const sides = { left: left.map(({ name }) => name), right: rightNames, leftOn, rightOn };
  const suffixes = suffixesFor(sides);
  const how = join.how === 'full' ? 'outer' : join.how;
  const step = {
    type: 'join',
    left_on: leftOn,
    right_on: rightOn,
    how,
    right_columns: rightNames,
    suffixes,
  } as const;
  const named = joinColumns({ ...sides, suffixes });
  const rename = renaming(join, { left, right, named, leftOn, rightOn }, path);
  const wanted = columns ?? schemaOf(join).map(({ name }) => column(name));
  return {
    step,
    table: right.table,
    columns: how === 'semi' || how === 'anti' ? wanted : wanted.map(rename),
  };
}

/** The table under the right side, and how the join names its columns. */
interface Base {
  readonly table: Scan;
  readonly columns: readonly { readonly name: string; readonly base: string }[];
}

function baseOf(right: Plan, path: string): Base {
  if (right.kind === 'scan') {
    return { table: right, columns: schemaOf(right).map(({ name }) => ({ name, base: name })) };
  }
  if (right.kind === 'project' && right.input.kind === 'scan') {
    const columns = right.columns.flatMap(({ name, expr }) =>
      expr.kind === 'col' ? [{ name, base: expr.name }] : [],
    );
    const bases = new Set(columns.map(({ base }) => base));
    if (bases.size === right.columns.length) return { table: right.input, columns };
  }
  throw irError('ir.not-expressible', { path, reason: 'a right side that is no table' });
}

interface JoinInputs {
  readonly left: Schema;
  readonly right: Base;
}

/** The columns that a pair compares, under the casts that datajax gives them itself. */
function keysOfPair(
  pair: JoinPair,
  inputs: JoinInputs,
  path: string,
): { left: string; right: string } {
  const [l, r] = [uncast(pair.left), uncast(pair.right)];
  const rightColumn = inputs.right.columns.find(({ name }) => name === r);
  const leftField = inputs.left.find(({ name }) => name === l);
  const rightField = schemaOf(inputs.right.table).find(({ name }) => name === rightColumn?.base);
  if (leftField && rightField && rightColumn) {
    const typed = (name: string, { type }: { readonly type: Schema[number]['type'] }) =>
      ({ expr: { kind: 'col', name }, type }) as const;
    const [a, b] = [typed(leftField.name, leftField), typed(rightColumn.name, rightField)];
    const type = commonType(a, b);
    if (type && isSame(asType(a, type), pair.left) && isSame(asType(b, type), pair.right)) {
      return { left: leftField.name, right: rightColumn.base };
    }
  }
  throw irError('ir.not-expressible', { path, reason: 'a key that is no column' });
}

function uncast(expr: Expr): string | undefined {
  const of = expr.kind === 'cast' ? expr.of : expr;
  return of.kind === 'col' ? of.name : undefined;
}

type Sides = Omit<Parameters<typeof joinColumns>[0], 'suffixes'>;

/** datajax's own suffixes, or longer ones where those would give two columns one name. */
function suffixesFor(sides: Sides): readonly [string, string] {
  for (let more = ''; ; more += '_') {
    const suffixes = [DEFAULT_SUFFIXES[0] + more, DEFAULT_SUFFIXES[1] + more] as const;
    const { left, right } = joinColumns({ ...sides, suffixes });
    const names = [...left, ...right].flatMap((name) =>
      name === undefined ? [] : [name.toLowerCase()],
    );
    const isDistinct = new Set(names).size === names.length;
    if (isDistinct || more.length > names.length) return suffixes;
  }
}

interface Renaming extends JoinInputs {
  readonly named: JoinColumns;
  readonly leftOn: readonly string[];
  readonly rightOn: readonly string[];
}

/** From a column over the join to the same over the result of the step. */
function renaming(join: Join, inputs: Renaming, path: string): (column: Named) => Named {
  const { names, merged } = outputNames(join, inputs);
  const renamed = (expr: Expr): Expr => {
    const output = merged.get(canonicalJson(expr));
    if (output !== undefined) return { kind: 'col', name: output };
    if (expr.kind !== 'col') return mapChildren(expr, (child) => renamed(child as Expr));
    const name = names.get(expr.name);
    if (name !== undefined) return { kind: 'col', name };
    const reason = `column ${expr.name}, in whose place datajax keeps the key of the other side`;
    throw irError('ir.not-expressible', { path, reason });
  };
  return ({ name, expr }) => ({ kind: 'named', name, expr: renamed(expr) });
}

interface OutputNames {
  /** From a column of the join to its name in the result of the step. */
  readonly names: ReadonlyMap<string, string>;
  /** From an expression over the join, as canonical JSON, to the key that has its value there. */
  readonly merged: ReadonlyMap<string, string>;
}

function outputNames(join: Join, { left, right, named, leftOn, rightOn }: Renaming): OutputNames {
  const names = new Map<string, string>();
  const merged = new Map<string, string>();
  left.forEach(({ name }, i) => {
    names.set(name, named.left[i]);
  });
  right.columns.forEach(({ name }, i) => {
    const output = named.right[i];
    if (output !== undefined) names.set(name, output);
  });
  join.on.forEach(({ left: l, right: r }, i) => {
    const key = leftOn[i];
    if (key !== rightOn[i]) return;
    if (join.how === 'right' || join.how === 'full') names.delete(key);
    if (join.how === 'full') merged.set(canonicalJson(call('coalesce', l, r)), key);
    const isSameValue = join.how === 'inner' && l.kind === 'col' && r.kind === 'col';
    if (join.how === 'right' || isSameValue) merged.set(canonicalJson(r), key);
  });
  return { names, merged };
}

function isSame(a: Expr, b: Expr): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function column(name: string): Named {
  return { kind: 'named', name, expr: { kind: 'col', name } };
}
