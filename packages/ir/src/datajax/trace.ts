/**
 * A plan as datajax writes it: steps one after another, the first an input, under the keys of its JSON.
 *
 * @see strangeloopcanon/datajax at 413f09d, `datajax/ir/serialize.py`
 */
export type DatajaxTrace = readonly DatajaxStep[];

export type DatajaxStep =
  | DatajaxInput
  | DatajaxMap
  | DatajaxFilter
  | DatajaxProject
  | DatajaxAggregate
  | DatajaxJoin
  | DatajaxRepartition;

/** The columns of the table that the trace begins with. */
export interface DatajaxInput {
  readonly type: 'input';
  readonly schema: readonly string[];
}

/** The column `output` anew: in the place of one of that name, else behind the others. */
export interface DatajaxMap {
  readonly type: 'map';
  readonly output: string;
  readonly expr: DatajaxExpr;
}

export interface DatajaxFilter {
  readonly type: 'filter';
  readonly predicate: DatajaxExpr;
}

export interface DatajaxProject {
  readonly type: 'project';
  readonly columns: readonly string[];
}

/** `value` aggregated a value of `key`; the result has the two aliases for columns. */
export interface DatajaxAggregate {
  readonly type: 'aggregate';
  readonly key: DatajaxExpr;
  readonly key_alias: string;
  readonly value: DatajaxExpr;
  readonly value_alias: string;
  readonly agg: (typeof AGGS)[number];
}

/**
 * A merge with the table that is bound to `rhs_tag`. Columns of a name that both sides have get the suffixes, a key of
 * one name on both sides stands once. Older traces write a key as text and leave out `suffixes`.
 */
export interface DatajaxJoin {
  readonly type: 'join';
  readonly left_on: string | readonly string[];
  readonly right_on: string | readonly string[];
  readonly how?: (typeof HOWS)[number];
  /** The columns of the right table; all that it has where this is left out. */
  readonly right_columns?: readonly string[];
  readonly suffixes?: readonly [string, string];
  readonly rhs_tag?: string | null;
}

/** Rows spread by the hash of a column, or copied to every worker; no kind at all where datajax forgot it. */
export interface DatajaxRepartition {
  readonly type: 'repartition';
  readonly spec: {
    readonly kind: 'key' | 'replicated' | null;
    readonly key?: string | null;
    readonly axis?: string | bigint | null;
  };
}

export type DatajaxExpr =
  | { readonly kind: 'col'; readonly name: string }
  | { readonly kind: 'lit'; readonly value: DatajaxScalar }
  | { readonly kind: 'rename'; readonly alias: string; readonly expr: DatajaxExpr }
  | DatajaxOperation<'bin', (typeof BIN_OPS)[number]>
  | DatajaxOperation<'cmp', (typeof CMP_OPS)[number]>
  | DatajaxOperation<'logic', (typeof LOGIC_OPS)[number]>;

export interface DatajaxOperation<Kind extends string, Op extends string> {
  readonly kind: Kind;
  readonly op: Op;
  readonly left: DatajaxExpr;
  readonly right: DatajaxExpr;
}

/** A bigint is an integer of Python's, a number a float: `1` and `1.0` are two values. */
export type DatajaxScalar = null | boolean | string | number | bigint;

export const STEP_TYPES = [
  'input',
  'map',
  'filter',
  'project',
  'aggregate',
  'join',
  'repartition',
] as const;
export const EXPR_KINDS = ['col', 'lit', 'rename', 'bin', 'cmp', 'logic'] as const;
export const BIN_OPS = ['add', 'sub', 'mul', 'truediv'] as const;
export const CMP_OPS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export const LOGIC_OPS = ['and', 'or'] as const;
export const AGGS = ['sum', 'mean', 'min', 'max', 'count'] as const;
export const HOWS = ['inner', 'left', 'right', 'outer', 'semi', 'anti'] as const;

/** What datajax assumes where a join names no suffixes. */
export const DEFAULT_SUFFIXES = ['_x', '_y'] as const;
