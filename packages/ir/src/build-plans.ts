import type { AggregateName } from './aggregates.ts';
import { namedAll } from './build-exprs.ts';
import type {
  Aggregate,
  Expr,
  Extend,
  Filter,
  Join,
  Limit,
  Plan,
  Project,
  Repartition,
  Scan,
  Sort,
  SortKey,
  Source,
  Union,
  Unnest,
  Window,
} from './nodes.ts';
import { verifyPlan } from './schema.ts';
import type { WindowName } from './windows.ts';

/** Output columns in the order written. */
export type Columns = Readonly<Record<string, Expr>>;

/** A measure: function, arguments, and the order that `first` and `list` need. */
export interface MeasureSpec {
  readonly fn: AggregateName;
  readonly args?: readonly Expr[];
  readonly orderBy?: readonly SortKey[];
}

export interface WindowSpec {
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortKey[];
  readonly columns: Readonly<
    Record<string, { readonly fn: WindowName; readonly args?: readonly Expr[] }>
  >;
}

/** Every builder verifies what it builds: a plan in hand is a plan that lowers. */
export function scan(source: Source): Scan {
  return verifyPlan({ kind: 'scan', source });
}

export function filter(input: Plan, predicate: Expr): Filter {
  return verifyPlan({ kind: 'filter', input, predicate });
}

export function project(input: Plan, columns: Columns): Project {
  return verifyPlan({ kind: 'project', input, columns: namedAll(columns) });
}

export function extend(input: Plan, columns: Columns): Extend {
  return verifyPlan({ kind: 'extend', input, columns: namedAll(columns) });
}

/** `unnest(plan, 'hash_ids', { item: 'block', ordinality: 'position' })` */
export function unnest(
  input: Plan,
  list: string,
  names: { readonly item: string; readonly ordinality?: string },
): Unnest {
  return verifyPlan({ kind: 'unnest', input, list, ...names });
}

/** `join('left', requests, tenants, [[col('tenant'), col('tenant_id')]])` */
export function join(
  how: Join['how'],
  left: Plan,
  right: Plan,
  on: readonly (readonly [Expr, Expr])[],
): Join {
  const pairs = on.map(([l, r]) => ({ kind: 'pair', left: l, right: r }) as const);
  return verifyPlan({ kind: 'join', how, left, right, on: pairs });
}

/** `aggregate(plan, { block: col('block') }, { requests: { fn: 'count' } })` */
export function aggregate(
  input: Plan,
  groups: Columns,
  measures: Readonly<Record<string, MeasureSpec>>,
): Aggregate {
  return verifyPlan({
    kind: 'aggregate',
    input,
    groups: namedAll(groups),
    measures: Object.entries(measures).map(([name, { fn, args = [], orderBy = [] }]) => ({
      kind: 'measure',
      name,
      fn,
      args,
      orderBy,
    })),
  });
}

export function window(input: Plan, { partitionBy, orderBy, columns }: WindowSpec): Window {
  return verifyPlan({
    kind: 'window',
    input,
    partitionBy,
    orderBy,
    columns: Object.entries(columns).map(([name, { fn, args = [] }]) => ({
      kind: 'over',
      name,
      fn,
      args,
    })),
  });
}

export function sort(input: Plan, ...keys: readonly SortKey[]): Sort {
  return verifyPlan({ kind: 'sort', input, keys });
}

export function limit(input: Plan, count: number, offset = 0): Limit {
  return verifyPlan({ kind: 'limit', input, count, offset });
}

export function union(...inputs: readonly Plan[]): Union {
  return verifyPlan({ kind: 'union', inputs });
}

export function repartition(input: Plan, by: readonly Expr[], parts: number): Repartition {
  return verifyPlan({ kind: 'repartition', input, by, parts });
}
