import {
  type Aggregate,
  type Join,
  type Measure,
  type Plan,
  type Schema,
  type SortKey,
  schemaOf,
  type Window,
} from '../../src/index.ts';
import { compare, evaluate, literal, total, type Value } from './interpret-expr.ts';

type Tuple = readonly Value[];

/** The rows of a plan, the slow and obvious way; the model that engines and passes are held to. */
export function interpret(plan: Plan): Tuple[] {
  switch (plan.kind) {
    case 'scan': {
      if (plan.source.format !== 'values') throw new Error('the textbook reads no files');
      const { columns, rows } = plan.source;
      return rows.map((row) =>
        row.map((value, i) => literal({ value, type: columns[i].type as never })),
      );
    }
    case 'filter': {
      const { rows, schema } = inputOf(plan);
      return rows.filter((row) => evaluate(plan.predicate, row, schema) === true);
    }
    case 'project':
    case 'extend': {
      const { rows, schema } = inputOf(plan);
      return rows.map((row) => [
        ...(plan.kind === 'extend' ? row : []),
        ...plan.columns.map(({ expr }) => evaluate(expr, row, schema)),
      ]);
    }
    case 'unnest': {
      const { rows, schema } = inputOf(plan);
      const at = schema.findIndex(({ name }) => name === plan.list);
      return rows.flatMap((row) =>
        ((row[at] ?? []) as Value[]).map((item, i) => [
          ...row.filter((_, j) => j !== at),
          item,
          ...(plan.ordinality === undefined ? [] : [BigInt(i + 1)]),
        ]),
      );
    }
    case 'join':
      return joined(plan);
    case 'aggregate':
      return aggregated(plan);
    case 'window':
      return windowed(plan);
    case 'sort': {
      const { rows, schema } = inputOf(plan);
      return sorted(rows, plan.keys, schema);
    }
    case 'limit':
      return interpret(plan.input).slice(plan.offset, plan.offset + plan.count);
    case 'union':
      return plan.inputs.flatMap(interpret);
    case 'repartition':
      return interpret(plan.input);
  }
}

function inputOf(plan: { readonly input: Plan }): { rows: Tuple[]; schema: Schema } {
  return { rows: interpret(plan.input), schema: schemaOf(plan.input) };
}

function joined({ how, left, right, on }: Join): Tuple[] {
  const [l, r] = [interpret(left), interpret(right)];
  const [leftSchema, rightSchema] = [schemaOf(left), schemaOf(right)];
  const matches = (a: Tuple, b: Tuple): boolean =>
    on.every((pair) => {
      const x = evaluate(pair.left, a, leftSchema);
      const y = evaluate(pair.right, b, rightSchema);
      return x !== null && y !== null && compare(x, y) === 0;
    });
  const isMatched = (a: Tuple): boolean => r.some((b) => matches(a, b));
  if (how === 'semi') return l.filter(isMatched);
  if (how === 'anti') return l.filter((a) => !isMatched(a));
  const inner = l.flatMap((a) => r.filter((b) => matches(a, b)).map((b) => [...a, ...b]));
  const keepsLeft = how === 'left' || how === 'full';
  const keepsRight = how === 'right' || how === 'full';
  const leftOnly = l.filter((a) => keepsLeft && !isMatched(a));
  const rightOnly = r.filter((b) => keepsRight && !l.some((a) => matches(a, b)));
  return [
    ...inner,
    ...leftOnly.map((a) => [...a, ...rightSchema.map(() => null)]),
    ...rightOnly.map((b) => [...leftSchema.map(() => null), ...b]),
  ];
}

function aggregated(plan: Aggregate): Tuple[] {
  const { rows, schema } = inputOf(plan);
  const groups = groupBy(rows, (row) => plan.groups.map(({ expr }) => evaluate(expr, row, schema)));
  if (plan.groups.length === 0 && groups.length === 0) groups.push({ key: [], rows: [] });
  return groups.map((group) => [
    ...group.key,
    ...plan.measures.map((measure) => measured(measure, group.rows, schema)),
  ]);
}

function measured({ fn, args, orderBy }: Measure, rows: Tuple[], schema: Schema): Value {
  if (args.length === 0) return BigInt(rows.length);
  const all = sorted(rows, orderBy, schema).map((row) => evaluate(args[0], row, schema));
  const some = all.filter((value) => value !== null);
  switch (fn) {
    case 'count':
      return BigInt(some.length);
    case 'count_distinct':
      return BigInt(groupBy(some, (value) => [value]).length);
    case 'first':
      return all[0] ?? null;
    case 'list':
      return all.length === 0 ? null : all;
    default:
  }
  if (some.length === 0) return null;
  if (fn === 'sum') return total(some);
  if (fn === 'mean') return Number(total(some)) / some.length;
  return some.reduce((m, v) => (compare(v, m) < 0 === (fn === 'min') ? v : m));
}

function windowed(plan: Window): Tuple[] {
  const { rows, schema } = inputOf(plan);
  const partitions = groupBy(rows, (row) => plan.partitionBy.map((e) => evaluate(e, row, schema)));
  return partitions.flatMap(({ rows: partition }) => {
    const ordered = sorted(partition, plan.orderBy, schema);
    return ordered.map((row, i) => [
      ...row,
      ...plan.columns.map(({ fn, args }) => {
        if (fn === 'row_number') return BigInt(i + 1);
        const values = ordered.map((other) => evaluate(args[0], other, schema));
        if (fn !== 'sum') return values[fn === 'lag' ? i - 1 : i + 1] ?? null;
        const some = values.slice(0, i + 1).filter((value) => value !== null);
        return some.length === 0 ? null : total(some);
      }),
    ]);
  });
}

function sorted(rows: Tuple[], keys: readonly SortKey[], schema: Schema): Tuple[] {
  return rows.toSorted((a, b) => {
    for (const { expr, order, nulls } of keys) {
      const [x, y] = [evaluate(expr, a, schema), evaluate(expr, b, schema)];
      const nullSign = Number(x === null) - Number(y === null);
      if (nullSign !== 0) return nulls === 'last' ? nullSign : -nullSign;
      const sign = x === null ? 0 : compare(x, y);
      if (sign !== 0) return order === 'asc' ? sign : -sign;
    }
    return 0;
  });
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => Tuple): { key: Tuple; rows: T[] }[] {
  const groups = new Map<string, { key: Tuple; rows: T[] }>();
  for (const row of rows) {
    const key = keyOf(row);
    const text = rowText(key);
    const group = groups.get(text) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(text, group);
  }
  return [...groups.values()];
}

/** Text that equal rows share, f64 to 12 digits; −0 is 0. */
export function rowText(row: readonly unknown[]): string {
  return JSON.stringify(row, (_, value) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return `f${Number((value + 0).toPrecision(12)) + 0}`;
    return value;
  });
}
