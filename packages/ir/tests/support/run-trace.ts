import type {
  DatajaxExpr,
  DatajaxJoin,
  DatajaxStep,
  DatajaxTables,
  DatajaxTrace,
  Plan,
} from '../../src/index.ts';
import { schemaOf } from '../../src/index.ts';
import { interpret } from './interpret.ts';
import { compare, total, type Value } from './interpret-expr.ts';

/** A table as a merge or a group-by has it: rows of named values. */
interface Frame {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
}

type Row = Frame['rows'][number];

/** The table that a trace gives, step by step over named values, the slow and obvious way; nulls as SQL has them. */
export function runTrace(trace: DatajaxTrace, tables: DatajaxTables): Frame {
  return trace.reduce((frame, step) => stepped(frame, step, tables), frameOf(tables.input));
}

/** The rows of a plan by name. */
export function frameOf(plan: Plan): Frame {
  const columns = schemaOf(plan).map(({ name }) => name);
  const rows = interpret(plan).map((row) => Object.fromEntries(columns.map((c, i) => [c, row[i]])));
  return { columns, rows };
}

function stepped(frame: Frame, step: DatajaxStep, tables: DatajaxTables): Frame {
  const { columns, rows } = frame;
  switch (step.type) {
    case 'input':
      return { columns: step.schema, rows };
    case 'map':
      return {
        columns: columns.includes(step.output) ? columns : [...columns, step.output],
        rows: rows.map((row) => ({ ...row, [step.output]: evaluated(step.expr, row) })),
      };
    case 'filter':
      return { columns, rows: rows.filter((row) => evaluated(step.predicate, row) === true) };
    case 'project':
      return { columns: step.columns, rows };
    case 'aggregate': {
      const groups = Map.groupBy(rows, (row) => String(evaluated(step.key, row)));
      const aggregated = [...groups.values()].map((group) => ({
        [step.key_alias]: evaluated(step.key, group[0]),
        [step.value_alias]: AGGREGATED[step.agg](
          group.map((row) => evaluated(step.value, row)).filter((value) => value !== null),
        ),
      }));
      return { columns: [step.key_alias, step.value_alias], rows: aggregated };
    }
    case 'join':
      return joined(frame, step, frameOf(tables.rhs[step.rhs_tag!]));
    case 'repartition':
      return frame;
  }
}

const numbers = (values: Value[]): Value[] =>
  values.map((value) => (typeof value === 'boolean' ? BigInt(value) : value));

const AGGREGATED: Record<string, (values: Value[]) => Value> = {
  count: (values) => BigInt(values.length),
  sum: (values) => (values.length === 0 ? null : total(numbers(values))),
  mean: (values) =>
    values.length === 0
      ? null
      : values.reduce<number>((sum, v) => sum + Number(v), 0) / values.length,
  min: (values) => values.reduce<Value>((m, v) => (m === null || compare(v, m) < 0 ? v : m), null),
  max: (values) => values.reduce<Value>((m, v) => (m === null || compare(v, m) > 0 ? v : m), null),
};

function joined(left: Frame, step: DatajaxJoin, right: Frame): Frame {
  const [l] = step.left_on;
  const [r] = step.right_on;
  const matches = (a: Row, b: Row): boolean =>
    a[l] !== null && b[r] !== null && compare(a[l], b[r]) === 0;
  const { how = 'inner', suffixes = ['_x', '_y'] } = step;
  const isMatched = (a: Row): boolean => right.rows.some((b) => matches(a, b));
  if (how === 'semi') return { ...left, rows: left.rows.filter(isMatched) };
  if (how === 'anti') return { ...left, rows: left.rows.filter((a) => !isMatched(a)) };
  const others = right.columns.filter((name) => name !== l || name !== r);
  const both = new Set(others.filter((name) => left.columns.includes(name)));
  const leftName = (name: string): string => (both.has(name) ? name + suffixes[0] : name);
  const rightName = (name: string): string => (both.has(name) ? name + suffixes[1] : name);
  const merged = (a: Row | undefined, b: Row | undefined): Row => ({
    ...Object.fromEntries(left.columns.map((name) => [leftName(name), a?.[name] ?? null])),
    ...Object.fromEntries(others.map((name) => [rightName(name), b?.[name] ?? null])),
    ...(l === r && { [l]: a?.[l] ?? b?.[l] ?? null }),
  });
  const inner = left.rows.flatMap((a) =>
    right.rows.filter((b) => matches(a, b)).map((b) => merged(a, b)),
  );
  const leftOnly = left.rows.filter((a) => !isMatched(a)).map((a) => merged(a, undefined));
  const rightOnly = right.rows
    .filter((b) => !left.rows.some((a) => matches(a, b)))
    .map((b) => merged(undefined, b));
  return {
    columns: [...left.columns.map(leftName), ...others.map(rightName)],
    rows: [
      ...inner,
      ...(how === 'left' || how === 'outer' ? leftOnly : []),
      ...(how === 'right' || how === 'outer' ? rightOnly : []),
    ],
  };
}

function evaluated(expr: DatajaxExpr, row: Row): Value {
  switch (expr.kind) {
    case 'col':
      return row[expr.name];
    case 'lit':
      return expr.value;
    case 'rename':
      return evaluated(expr.expr, row);
    case 'logic': {
      const sides = [evaluated(expr.left, row), evaluated(expr.right, row)];
      const decisive = expr.op === 'or';
      return sides.includes(decisive) ? decisive : sides.includes(null) ? null : !decisive;
    }
    default: {
      const a = evaluated(expr.left, row);
      const b = evaluated(expr.right, row);
      return a === null || b === null ? null : OPERATIONS[expr.op](...alike(a, b));
    }
  }
}

/** A bool beside a number is a number, an integer beside a float is a float. */
function alike(a: Value, b: Value): [never, never] {
  const numeric = (value: Value): Value => (typeof value === 'boolean' ? BigInt(value) : value);
  if (typeof a === typeof b) return [a as never, b as never];
  const [x, y] = [numeric(a), numeric(b)];
  return (typeof x === typeof y ? [x, y] : [Number(x), Number(y)]) as [never, never];
}

const OPERATIONS: Record<string, (a: never, b: never) => Value> = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  truediv: (a, b) => Number(a) / Number(b),
  eq: (a, b) => compare(a, b) === 0,
  ne: (a, b) => compare(a, b) !== 0,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
};
