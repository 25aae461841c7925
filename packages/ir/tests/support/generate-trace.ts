import fc from 'fast-check';
import {
  BOOL,
  type DatajaxExpr,
  type DatajaxScalar,
  type DatajaxStep,
  type DatajaxTables,
  type DatajaxTrace,
  F64,
  type Field,
  I64,
  type Literal,
  type ScalarType,
  type Scan,
  type Schema,
  scan,
  TEXT,
  U64,
} from '../../src/index.ts';

type Gen = fc.GeneratorValue;

export interface TraceCase {
  readonly trace: DatajaxTrace;
  readonly tables: DatajaxTables;
}

const SCALARS: readonly ScalarType[] = [BOOL, I64, U64, F64, TEXT];
const NAMES = ['k', 'v', 'o"c', "x'; --", 'ключ', 'a b'];
const VALUES: Readonly<Record<ScalarType['kind'], readonly Literal[]>> = {
  bool: [true, false],
  i64: ['0', '1', '2', '-3'],
  u64: ['0', '1', '2', '18446744073709551615'],
  f64: ['0', '0.5', '1', '2'],
  text: ['', 'a', "o'k", 'é'],
};
const CONSTANTS: Readonly<Record<ScalarType['kind'], readonly DatajaxScalar[]>> = {
  bool: [true, false],
  i64: [0n, 1n, -3n],
  u64: [1n, 2n],
  f64: [0.5, 1, 2n],
  text: ['a', ''],
};

/** A trace that means a plan, its first table of all five types, and the tables of its joins. */
export function generateTrace(g: Gen, length: number): TraceCase {
  const rhs: Record<string, Scan> = {};
  const fields = SCALARS.map((type, i) => ({ name: `${pick(g, ...NAMES)}${i}`, type }));
  const input = tableOf(g, fields);
  const steps: DatajaxStep[] = [{ type: 'input', schema: fields.map(({ name }) => name) }];
  let schema: Schema = fields;
  for (let i = 1; i <= length; i++) {
    const made = STEPS[pick(g, ...KINDS)](g, schema, { tag: `t${i}`, rhs });
    steps.push(made.step);
    schema = made.schema;
  }
  return { trace: steps, tables: { input, rhs, parts: 2 } };
}

interface Made {
  readonly step: DatajaxStep;
  readonly schema: Schema;
}

interface Right {
  readonly tag: string;
  readonly rhs: Record<string, Scan>;
}

const STEPS = {
  map: (g: Gen, schema: Schema, { tag }: Right): Made => {
    const type = pick(g, ...SCALARS);
    const isNew = g(fc.boolean);
    const output = isNew ? `${tag}m` : pick(g, ...schema).name;
    const inner = typed(g, schema, type, 2);
    const expr: DatajaxExpr = g(fc.boolean)
      ? inner
      : { kind: 'rename', alias: output, expr: inner };
    const field = { name: output, type };
    const hasName = schema.some(({ name }) => name === output);
    const after = hasName ? schema.map((f) => (f.name === output ? field : f)) : [...schema, field];
    return { step: { type: 'map', output, expr }, schema: after };
  },
  filter: (g: Gen, schema: Schema): Made => ({
    step: { type: 'filter', predicate: typed(g, schema, BOOL, 2) },
    schema,
  }),
  project: (g: Gen, schema: Schema): Made => {
    const start = g(fc.nat, { max: schema.length - 1 });
    const kept = [...schema.slice(start), ...schema.slice(0, start)].slice(
      0,
      1 + g(fc.nat, { max: 5 }),
    );
    return { step: { type: 'project', columns: kept.map(({ name }) => name) }, schema: kept };
  },
  aggregate: (g: Gen, schema: Schema, { tag }: Right): Made => {
    const key = pick(g, ...schema);
    const agg = pick(g, 'sum', 'mean', 'min', 'max', 'count');
    const type = agg === 'sum' || agg === 'mean' ? pick(g, BOOL, I64, F64) : pick(g, ...SCALARS);
    const value = typed(g, schema, type, 1);
    const results = {
      sum: type.kind === 'bool' ? I64 : type,
      mean: F64,
      count: I64,
      min: type,
      max: type,
    };
    const value_alias = `${tag}${agg}`;
    return {
      step: {
        type: 'aggregate',
        key: { kind: 'col', name: key.name },
        key_alias: key.name,
        value,
        value_alias,
        agg,
      },
      schema: [key, { name: value_alias, type: results[agg] }],
    };
  },
  join: (g: Gen, schema: Schema, { tag, rhs }: Right): Made => {
    const how = pick(g, 'inner', 'left', 'right', 'outer', 'semi', 'anti');
    const key = pick(g, ...schema);
    const sharesName = g(fc.boolean);
    const rightKey = { name: sharesName ? key.name : `${tag}key`, type: key.type };
    const overlaps = schema.filter(({ name }) => name !== key.name).slice(0, g(fc.nat, { max: 1 }));
    const others = [...overlaps, { name: `${tag}other`, type: TEXT }];
    rhs[tag] = tableOf(g, [rightKey, ...others]);
    const suffixes = [`_${tag}l`, `_${tag}r`] as const;
    const overlapping = new Set(overlaps.map(({ name }) => name));
    const suffixed = (side: 0 | 1) => (f: Field) =>
      overlapping.has(f.name) ? { ...f, name: f.name + suffixes[side] } : f;
    const right = sharesName ? others : [rightKey, ...others];
    return {
      step: {
        type: 'join',
        left_on: [key.name],
        right_on: [rightKey.name],
        how,
        right_columns: [rightKey, ...others].map(({ name }) => name),
        suffixes,
        rhs_tag: tag,
      },
      schema:
        how === 'semi' || how === 'anti'
          ? schema
          : [...schema.map(suffixed(0)), ...right.map(suffixed(1))],
    };
  },
  repartition: (g: Gen, schema: Schema): Made => ({
    step: {
      type: 'repartition',
      spec: g(fc.boolean)
        ? { kind: 'key', key: pick(g, ...schema).name, axis: null }
        : { kind: 'replicated', key: null, axis: null },
    },
    schema,
  }),
} as const;

const KINDS = Object.keys(STEPS) as (keyof typeof STEPS)[];

function tableOf(g: Gen, columns: Schema): Scan {
  const row = (): Literal[] =>
    columns.map(({ type }) => pick<Literal>(g, null, ...VALUES[type.kind as ScalarType['kind']]));
  const rows = Array.from({ length: g(fc.nat, { max: 4 }) }, row);
  return scan({ format: 'values', columns, rows });
}

/** An expression of exactly this type; products are of two leaves, so that a few maps on one another never overflow. */
function typed(g: Gen, schema: Schema, type: ScalarType, depth: number): DatajaxExpr {
  const same = schema.filter((field) => field.type.kind === type.kind);
  const column = (): DatajaxExpr => ({ kind: 'col', name: pick(g, ...same).name });
  if (same.length > 0 && (depth === 0 || g(fc.boolean))) return column();
  const of = (t: ScalarType): DatajaxExpr => typed(g, schema, t, depth - 1);
  const constant = (): DatajaxExpr => ({ kind: 'lit', value: pick(g, ...CONSTANTS[type.kind]) });
  if (type.kind === 'u64')
    return same.length > 0 ? column() : { kind: 'lit', value: 2n ** 64n - 1n };
  if (type.kind === 'f64' && depth === 0) return { kind: 'lit', value: 0.5 };
  if (depth === 0) return constant();
  switch (type.kind) {
    case 'bool': {
      const any = pick(g, ...SCALARS);
      const op = pick(g, 'eq', 'ne', 'lt', 'le', 'gt', 'ge');
      const left = of(any);
      const right: DatajaxExpr = g(fc.boolean)
        ? { kind: 'lit', value: pick(g, ...CONSTANTS[any.kind]) }
        : of(any);
      if (g(fc.boolean)) return { kind: 'cmp', op, left, right };
      return { kind: 'logic', op: pick(g, 'and', 'or'), left: of(BOOL), right: of(BOOL) };
    }
    case 'i64': {
      const leaf = (): DatajaxExpr => typed(g, schema, I64, 0);
      const op = pick(g, 'add', 'sub', 'mul');
      if (op !== 'mul') return { kind: 'bin', op, left: of(I64), right: of(I64) };
      return { kind: 'bin', op, left: leaf(), right: leaf() };
    }
    case 'f64': {
      const op = pick(g, 'add', 'sub', 'mul', 'truediv');
      const [left, right] = g(fc.boolean)
        ? [of(F64), of(pick(g, I64, F64, BOOL))]
        : [of(I64), of(F64)];
      return { kind: 'bin', op, left, right };
    }
    default:
      return { kind: 'bin', op: 'add', left: of(TEXT), right: of(TEXT) };
  }
}

function pick<T>(g: Gen, ...choices: readonly T[]): T {
  return choices[g(fc.nat, { max: choices.length - 1 })];
}
