import fc from 'fast-check';
import {
  aggregate,
  asc,
  BOOL,
  call,
  caseOf,
  col,
  desc,
  type Expr,
  extend,
  F64,
  filter,
  I64,
  type Join,
  join,
  type Literal,
  limit,
  listOf,
  lit,
  type Plan,
  project,
  repartition,
  type ScalarType,
  type Schema,
  type SortKey,
  scan,
  schemaOf,
  sort,
  TEXT,
  type Type,
  tryCast,
  U64,
  union,
  unnest,
  window,
} from '../../src/index.ts';

type Gen = fc.GeneratorValue;

/** Names that break what is not quoted, or compared, or measured with care. */
const NAMES = ['a', 'select', 'B"q', "o'c", 'x;--', 'a b', 'ключ', '名', '%$', '\\n', '\n', 'é'];
const TEXTS = ['', 'a', "o'k", '"', 'é', '😀', 'ﬀ', 'A,b', '\\', 'x\0y', '%', '\n', 'null'];
const SCALARS: readonly ScalarType[] = [BOOL, I64, U64, F64, TEXT];
const LITERALS: Readonly<Record<ScalarType['kind'], readonly Literal[]>> = {
  bool: [true, false],
  i64: ['0', '1', '2', '-3'],
  u64: ['0', '1', '9007199254740993', '9223372036854775808', '18446744073709551615'],
  f64: ['0', '0.5', '-1.5', '2', 'NaN'],
  text: TEXTS,
};

/**
 * A verified plan of up to `depth` nodes above its scans; sorts and windows have a total order, and integers stay so small
 * that no arithmetic of theirs overflows.
 */
export function generatePlan(g: Gen, depth: number): Plan {
  let names = 0;
  const fresh = (): string => `${pick(g, ...NAMES)}${names++}`;
  const grow = (left: number): Plan => (left === 0 ? values(g, fresh) : node(left));
  const node = (left: number): Plan => {
    const input = grow(left - 1);
    const kind = pick(g, ...KINDS);
    return BUILDERS[kind](input, { g, fresh, grow: () => grow(g(fc.nat, { max: left - 1 })) });
  };
  return grow(depth);
}

interface Tools {
  readonly g: Gen;
  readonly fresh: () => string;
  readonly grow: () => Plan;
}

const BUILDERS = {
  filter: (input: Plan, { g }: Tools) => filter(input, expression(g, schemaOf(input), BOOL, 2)),
  project: (input: Plan, { g, fresh }: Tools) => project(input, columns(g, fresh, schemaOf(input))),
  extend: (input: Plan, { g, fresh }: Tools) => extend(input, columns(g, fresh, schemaOf(input))),
  unnest: (input: Plan, { g, fresh }: Tools) => {
    const list = fresh();
    const type = listOf(pick(g, ...SCALARS));
    const withList = extend(input, { [list]: expression(g, schemaOf(input), type, 2) });
    const names = { item: fresh() };
    return unnest(withList, list, g(fc.boolean) ? { ...names, ordinality: fresh() } : names);
  },
  join: (input: Plan, { g, fresh, grow }: Tools) => {
    const other = grow();
    const right = project(
      other,
      Object.fromEntries(schemaOf(other).map(({ name }) => [fresh(), col(name)])),
    );
    const type = pick(g, ...SCALARS);
    const how: Join['how'] = pick(g, 'inner', 'left', 'right', 'full', 'semi', 'anti');
    const l = expression(g, schemaOf(input), type, 1);
    const r = expression(g, schemaOf(right), type, 1);
    return join(how, input, right, [[l, r]]);
  },
  aggregate: (input: Plan, { g, fresh }: Tools) => {
    const schema = schemaOf(input);
    const groups = g(fc.boolean) ? columns(g, fresh, schema) : {};
    const orderBy = totalOrder(g, schema);
    const arg = (type: Type): readonly Expr[] => [expression(g, schema, type, 1)];
    return aggregate(input, groups, {
      [fresh()]: { fn: 'count' },
      [fresh()]: { fn: 'count_distinct', args: arg(pick(g, ...SCALARS)) },
      [fresh()]: { fn: pick(g, 'sum', 'mean'), args: arg(pick(g, I64, F64)) },
      [fresh()]: { fn: pick(g, 'min', 'max'), args: arg(pick(g, U64, TEXT)) },
      ...(orderBy && {
        [fresh()]: { fn: pick(g, 'first', 'list'), args: arg(U64), orderBy },
      }),
    });
  },
  window: (input: Plan, { g, fresh }: Tools) => {
    const schema = schemaOf(input);
    const orderBy = totalOrder(g, schema);
    if (!orderBy) return input;
    const partitionBy = g(fc.boolean) ? [expression(g, schema, TEXT, 1)] : [];
    return window(input, {
      partitionBy,
      orderBy,
      columns: {
        [fresh()]: { fn: 'row_number' },
        [fresh()]: { fn: pick(g, 'lag', 'lead'), args: [expression(g, schema, U64, 1)] },
        [fresh()]: { fn: 'sum', args: [expression(g, schema, I64, 1)] },
      },
    });
  },
  sort: (input: Plan, { g }: Tools) => {
    const keys = totalOrder(g, schemaOf(input));
    return keys ? sort(input, ...keys) : input;
  },
  limit: (input: Plan, { g }: Tools) => {
    const keys = totalOrder(g, schemaOf(input));
    return keys ? limit(sort(input, ...keys), g(fc.nat, { max: 4 }), g(fc.nat, { max: 2 })) : input;
  },
  union: (input: Plan, { g }: Tools) =>
    union(input, filter(input, expression(g, schemaOf(input), BOOL, 1))),
  repartition: (input: Plan, { g }: Tools) => {
    const by = g(fc.boolean) ? [] : [col(pick(g, ...schemaOf(input)).name)];
    return repartition(g(fc.boolean) ? input : repartition(input, [], 4), by, 2);
  },
} as const;

const KINDS = Object.keys(BUILDERS) as (keyof typeof BUILDERS)[];

function values(g: Gen, fresh: () => string): Plan {
  const schema = SCALARS.map((type) => ({ name: fresh(), type }));
  const row = (): Literal[] =>
    schema.map(({ type }) => pick<Literal>(g, null, ...LITERALS[type.kind]));
  const rows = Array.from({ length: g(fc.nat, { max: 5 }) }, row);
  return scan({ format: 'values', columns: schema, rows });
}

function columns(g: Gen, fresh: () => string, schema: Schema): Record<string, Expr> {
  const types = [...SCALARS, listOf(U64), listOf(TEXT)];
  const one = (): [string, Expr] => [fresh(), expression(g, schema, pick<Type>(g, ...types), 2)];
  return Object.fromEntries(Array.from({ length: 1 + g(fc.nat, { max: 2 }) }, one));
}

/** Every column a key, so that rows that tie are equal; undefined where a list has no order. */
function totalOrder(g: Gen, schema: Schema): readonly SortKey[] | undefined {
  if (schema.some(({ type }) => type.kind === 'list')) return undefined;
  return schema.map(({ name }) => ({
    ...(g(fc.boolean) ? asc(col(name)) : desc(col(name))),
    nulls: pick(g, 'first', 'last'),
  }));
}

function expression(g: Gen, schema: Schema, type: Type, depth: number): Expr {
  const same = schema.filter(({ type: t }) => JSON.stringify(t) === JSON.stringify(type));
  if (same.length > 0 && g(fc.boolean)) return col(pick(g, ...same).name);
  const of = (t: Type): Expr => expression(g, schema, t, depth - 1);
  if (type.kind === 'list')
    return depth > 0 ? listExpression(g, type.item, of) : call('list', of(type.item));
  if (type.kind === 'struct') throw new Error('no structs here');
  if (depth <= 0) return literalOf(g, type);
  const any = pick(g, ...SCALARS);
  return pick<() => Expr>(
    g,
    () => call('coalesce', of(type), of(type)),
    () => caseOf([[of(BOOL), of(type)]], of(type)),
    () => call(pick(g, 'least', 'greatest'), of(type), of(type)),
    () => call(pick(g, 'list_min', 'list_max'), of(listOf(type))),
    () => call('list_get', of(listOf(type)), lit(1n)),
    ...BY_TYPE[type.kind](of, g, any),
  )();
}

function literalOf(g: Gen, type: ScalarType): Expr {
  return { kind: 'lit', type, value: pick<Literal>(g, null, ...LITERALS[type.kind]) };
}

function listExpression(g: Gen, item: Type, of: (type: Type) => Expr): Expr {
  const make: (() => Expr)[] = [
    () => call('list', of(item), of(item)),
    () => call('list_concat', of(listOf(item)), of(listOf(item))),
    () => call('list_slice', of(listOf(item)), lit(1n), lit(1n)),
  ];
  if (item.kind === 'text') make.push(() => call('split', of(TEXT), lit(',')));
  return pick(g, ...make)();
}

type Makers = (of: (type: Type) => Expr, g: Gen, any: ScalarType) => (() => Expr)[];

const BY_TYPE: Readonly<Record<ScalarType['kind'], Makers>> = {
  bool: (of, g, any) => [
    () => call(pick(g, 'eq', 'ne', 'lt', 'le', 'gt', 'ge'), of(any), of(any)),
    () => call(pick(g, 'and', 'or'), of(BOOL), of(BOOL)),
    () => call('not', of(BOOL)),
    () => call('is_null', of(any)),
    () => call('is_not_distinct', of(any), of(any)),
    () => call('starts_with', of(TEXT), of(TEXT)),
    () => call('list_contains', of(listOf(any)), of(any)),
    () => call('list_has_null', of(listOf(any))),
    () => call('is_nan', of(F64)),
  ],
  i64: (of, g) => [
    () => call(pick(g, 'add', 'sub', 'mul', 'div', 'mod'), of(I64), of(I64)),
    () => call('length', of(TEXT)),
    () => call('list_length', of(listOf(TEXT))),
    () => call('list_sum', of(listOf(I64))),
    () => call('mod', tryCast(of(U64), I64), lit(1000n)),
  ],
  u64: (of) => [() => tryCast(of(I64), U64)],
  f64: (of, g) => [
    () => call(pick(g, 'add', 'sub', 'mul'), of(F64), of(F64)),
    () => call('floor', of(F64)),
    () => tryCast(of(I64), F64),
  ],
  text: (of) => [
    () => call('concat', of(TEXT), of(TEXT)),
    () => call('lower', of(TEXT)),
    () => call('substring', of(TEXT), lit(2n), lit(1n)),
    () => tryCast(of(U64), TEXT),
  ],
};

function pick<T>(g: Gen, ...choices: readonly T[]): T {
  return choices[g(fc.nat, { max: choices.length - 1 })];
}
