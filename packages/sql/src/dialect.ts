import type {
  AggregateName,
  FunctionName,
  Join,
  SortKey,
  Source,
  StructType,
  Type,
  WindowName,
} from '@wavetune/ir';

/**
 * SQL of a call: `args` are SQL, `types` theirs, `result` the type that the plan gives it; undefined where the engine has
 * none for these types.
 */
export type Emit = (
  args: readonly string[],
  types: readonly Type[],
  result: Type,
) => string | undefined;

/** A sort key, its value as SQL. */
export interface OrderKey extends Pick<SortKey, 'order' | 'nulls'> {
  readonly sql: string;
  readonly type: Type;
}

/** SQL of an aggregate over the rows in the order of `keys`. */
export type EmitAggregate = (
  args: readonly string[],
  keys: readonly OrderKey[],
  result: Type,
) => string;

/** SQL of a window function; `over` is the partition and order, to stand within OVER's parentheses. */
export type EmitWindow = (args: readonly string[], over: string, result: Type) => string;

/** How a list column becomes rows. */
export interface UnnestParts {
  readonly item: string;
  /** An i64 from 1. */
  readonly ordinality: string;
  /** What stands behind the input's name in FROM; empty where the SELECT list does it all. */
  readonly from: string;
}

/** A list column, the type of its items, and the name that they will have. */
export interface UnnestList {
  readonly list: string;
  readonly itemType: Type;
  readonly itemName: string;
}

/** A file as the engine will open it. */
export interface FilePlace {
  readonly path: string;
  /** Of a text file; for CSV of a record, which may hold line ends in quotes. */
  readonly longestLineBytes?: number;
  /** A CSV's values hold line ends, or may: a quote is open where a line ends. */
  readonly hasQuotedLineEnds?: boolean;
  /** Not a file but a table that stands in its place; its rows count in the order of these columns. */
  readonly table?: { readonly name: string; readonly orderBy: readonly string[] };
}

/** From a file as the plan names it to the file as the engine opens it. */
export type ResolveFile = (file: string, format: Source['format']) => FilePlace;

/** One SQL engine's spelling; what its tables do not list is refused with `sql.unsupported`. */
export interface Dialect {
  readonly name: string;
  identifier(name: string): string;
  literal(value: string | boolean | null, type: Type): string;
  /** What stands between a step's AS and its query. */
  readonly stepHint: string;
  /** Whether a column is written with its step's name before it: where a new name would hide it within the same SELECT. */
  readonly qualifiesColumns: boolean;
  /** Null equals nothing; what equals in a join equals in `eq`. */
  joinKey(value: string, type: Type): string;
  /** A SELECT of a step with its keys as columns by the names of {@link joinKeyName}: where a join takes columns alone. */
  readonly keyedJoinInput?: (step: string, keys: readonly string[]) => string;
  /** A column of such a join, whose side may be missing. */
  joinedColumn(column: string, type: Type): string;
  readonly joins: Readonly<Record<Join['how'], string>>;
  /** A value that groups and partitions as the plan's language has it: one NaN, one zero. */
  groupKey(value: string, type: Type): string;
  /** One or more terms of an ORDER BY. */
  orderTerms(key: OrderKey): string;
  cast(of: string, from: Type, to: Type, mode: 'strict' | 'try'): string;
  field(of: string, name: string, struct: StructType, type: Type): string;
  parseJson(text: string, type: Type): string;
  unnest(of: UnnestList): UnnestParts;
  /** A SELECT of all rows of `from`, spread as asked for; an engine that is one machine writes nothing. */
  repartition(from: string, by: readonly string[], parts: number): string;
  /** The last SELECT's entry for a column. */
  output(column: string, type: Type): string;
  /** A SELECT that gives the source's rows under its schema. */
  readonly sources: { readonly [S in Source as S['format']]?: EmitSource<S> };
  readonly functions: Partial<Readonly<Record<FunctionName, Emit>>>;
  readonly aggregates: Partial<Readonly<Record<AggregateName, EmitAggregate>>>;
  readonly windows: Partial<Readonly<Record<WindowName, EmitWindow>>>;
}

export type EmitSource<S extends Source> = (source: S, resolve: ResolveFile) => string;

/** What the key of a join goes by where it must be a column. */
export function joinKeyName(index: number): string {
  return `wt_key${index}`;
}
