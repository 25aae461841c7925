import type { AggregateName } from './aggregates.ts';
import type { FunctionName } from './functions.ts';
import type { ListType, ScalarType, Schema, StructType } from './types.ts';
import type { WindowName } from './windows.ts';

/** A relation: rows under a schema that `schemaOf` derives. Rows form a bag; only `sort` gives them an order. */
export type Plan =
  | Scan
  | Filter
  | Project
  | Extend
  | Unnest
  | Join
  | Aggregate
  | Window
  | Sort
  | Limit
  | Union
  | Repartition;

/** A value for each row. */
export type Expr = Col | Lit | Call | Cast | Case | FieldOf | ParseJson;

/** What hangs between relations and expressions. */
export type Part = Named | SortKey | JoinPair | Measure | Over;

export type Node = Plan | Expr | Part;

/** Rows that come from outside. */
export interface Scan {
  readonly kind: 'scan';
  readonly source: Source;
}

export type Source = ColumnFiles | JsonLineFiles | LineFiles | DocumentFiles | Values | Table;

/**
 * Parquet or CSV files with a header (plain, .gz, .zst), their rows in file order.
 *
 * A column is read as its declared type; a value that does not fit that type is null. `position` adds two columns, the
 * file as named here and the row's number in it from 1 (a CSV's header is not counted).
 */
export interface ColumnFiles {
  readonly format: 'parquet' | 'csv';
  readonly files: readonly string[];
  readonly columns: Schema;
  readonly position?: { readonly file: string; readonly row: string };
}

/**
 * Files of JSON lines (plain, or packed as their names end: .gz, .zst), a row a line that is not blank.
 *
 * A column is what the line's object has under its name, null where that is missing or does not fit; all columns are null
 * where the line is no JSON object. Several times quicker than {@link LineFiles} and {@link ParseJson}, and less: neither
 * the line's number nor its text is there.
 */
export interface JsonLineFiles {
  readonly format: 'json_lines';
  readonly files: readonly string[];
  readonly columns: Schema;
}

/**
 * Text files (plain, .gz, .zst), a row a line: `file` text, `line` i64 from 1, `text` text without its line end.
 *
 * Lines end in LF or CRLF; a last line end begins no further line. Bytes that are not UTF-8 become U+FFFD, a lone CR
 * becomes a space.
 */
export interface LineFiles {
  readonly format: 'lines';
  readonly files: readonly string[];
}

/** Text files (plain, .gz, .zst), a row a file: `file` text, `text` text. Bytes that are not UTF-8 become U+FFFD. */
export interface DocumentFiles {
  readonly format: 'documents';
  readonly files: readonly string[];
}

/** Rows written in the plan itself; a value is written as in {@link Lit}. */
export interface Values {
  readonly format: 'values';
  readonly columns: Schema;
  readonly rows: readonly (readonly Literal[])[];
}

/** A table that the engine holds under this name. */
export interface Table {
  readonly format: 'table';
  readonly name: string;
  readonly columns: Schema;
}

/** Rows of `input` for which `predicate` is true; null counts as false. */
export interface Filter {
  readonly kind: 'filter';
  readonly input: Plan;
  readonly predicate: Expr;
}

/** Exactly these columns, in this order. */
export interface Project {
  readonly kind: 'project';
  readonly input: Plan;
  readonly columns: readonly Named[];
}

/** The columns of `input`, then these; none sees another of the same node. */
export interface Extend {
  readonly kind: 'extend';
  readonly input: Plan;
  readonly columns: readonly Named[];
}

/**
 * One row an element of the list column `list`, in the list's order; a null or empty list gives none.
 *
 * The columns are those of `input` without `list`, then `item`, then `ordinality` (i64 from 1) where it is named.
 */
export interface Unnest {
  readonly kind: 'unnest';
  readonly input: Plan;
  readonly list: string;
  readonly item: string;
  readonly ordinality?: string;
}

/**
 * Rows whose pairs are all equal; null equals nothing. The columns are the left's, then the right's, and their names
 * must differ; `semi` and `anti` keep the left's alone, each left row at most once.
 */
export interface Join {
  readonly kind: 'join';
  readonly how: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
  readonly left: Plan;
  readonly right: Plan;
  readonly on: readonly JoinPair[];
}

/** One row a distinct combination of `groups` (null is a value of its own); without groups exactly one row. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly input: Plan;
  readonly groups: readonly Named[];
  readonly measures: readonly Measure[];
}

/** The columns of `input`, then `columns`, each computed over the row's partition in the order of `orderBy`. */
export interface Window {
  readonly kind: 'window';
  readonly input: Plan;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly SortKey[];
  readonly columns: readonly Over[];
}

/** The rows in order; `filter`, `project`, `extend` and `limit` above it keep that order, nothing else does. */
export interface Sort {
  readonly kind: 'sort';
  readonly input: Plan;
  readonly keys: readonly SortKey[];
}

/** At most `count` rows after the first `offset`: those of the order where `input` has one, else any. */
export interface Limit {
  readonly kind: 'limit';
  readonly input: Plan;
  readonly count: number;
  readonly offset: number;
}

/** All rows of all inputs, duplicates kept; the inputs have one and the same schema. */
export interface Union {
  readonly kind: 'union';
  readonly inputs: readonly Plan[];
}

/**
 * The same rows; asks a distributed engine to spread them over `parts` by the hash of `by`, or, where `by` names nothing,
 * to copy all of them to every part.
 */
export interface Repartition {
  readonly kind: 'repartition';
  readonly input: Plan;
  readonly by: readonly Expr[];
  readonly parts: number;
}

/** The column of the input with this name. */
export interface Col {
  readonly kind: 'col';
  readonly name: string;
}

/** A scalar constant. */
export interface Lit {
  readonly kind: 'lit';
  readonly type: ScalarType;
  readonly value: Literal;
}

/**
 * How a plan writes a scalar: numbers as decimal text, so that u64 is exact and JSON carries it; `NaN`, `Infinity` and
 * `-Infinity` for f64; null for null of any type.
 */
export type Literal = string | boolean | null;

/** A function of the table in `functions.ts`. */
export interface Call {
  readonly kind: 'call';
  readonly fn: FunctionName;
  readonly args: readonly Expr[];
}

/** `of` as another scalar type; where it does not fit, `strict` fails the query and `try` gives null. */
export interface Cast {
  readonly kind: 'cast';
  readonly of: Expr;
  readonly to: ScalarType;
  readonly mode: 'strict' | 'try';
}

/** `thens[i]` for the first i whose `whens[i]` is true, else `otherwise`. */
export interface Case {
  readonly kind: 'case';
  readonly whens: readonly Expr[];
  readonly thens: readonly Expr[];
  readonly otherwise: Expr;
}

/** A field of a struct; null where the struct is null. */
export interface FieldOf {
  readonly kind: 'field';
  readonly of: Expr;
  readonly name: string;
}

/**
 * JSON text as a typed value: null where the text is not JSON, null at each place that is missing or does not fit, and
 * keys that `type` does not name are ignored. Integers up to 2^64 − 1 are exact.
 */
export interface ParseJson {
  readonly kind: 'parse_json';
  readonly text: Expr;
  readonly type: ListType | StructType;
}

/** An output column. */
export interface Named {
  readonly kind: 'named';
  readonly name: string;
  readonly expr: Expr;
}

/** f64 orders NaN after every number; text orders by Unicode code point. */
export interface SortKey {
  readonly kind: 'key';
  readonly expr: Expr;
  readonly order: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
}

/** `left` of the left row equals `right` of the right row. */
export interface JoinPair {
  readonly kind: 'pair';
  readonly left: Expr;
  readonly right: Expr;
}

/** An output column of `aggregate`; `orderBy` matters to `first` and `list` alone. */
export interface Measure {
  readonly kind: 'measure';
  readonly name: string;
  readonly fn: AggregateName;
  readonly args: readonly Expr[];
  readonly orderBy: readonly SortKey[];
}

/** An output column of `window`. */
export interface Over {
  readonly kind: 'over';
  readonly name: string;
  readonly fn: WindowName;
  readonly args: readonly Expr[];
}
