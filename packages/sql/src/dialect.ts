import type { AggregateName, FunctionName, Source, Type, WindowName } from '@wavetune/ir';

/** SQL of a call: `args` are SQL, `types` theirs, `result` the type that the plan gives it. */
export type Emit = (args: readonly string[], types: readonly Type[], result: Type) => string;

/** SQL of an aggregate; `order` is empty or ` ORDER BY …`, to stand behind the argument. */
export type EmitAggregate = (args: readonly string[], order: string, result: Type) => string;

/** SQL of a window function; `over` is the partition and order, to stand within OVER's parentheses. */
export type EmitWindow = (args: readonly string[], over: string, result: Type) => string;

/** A file as the engine will open it. */
export interface FilePlace {
  readonly path: string;
  /** Of a text file; for CSV of a record, which may hold line ends in quotes. */
  readonly longestLineBytes?: number;
  /** A CSV's values hold line ends, or may: a quote is open where a line ends. */
  readonly hasQuotedLineEnds?: boolean;
}

/** From a file as the plan names it to the file as the engine opens it. */
export type ResolveFile = (file: string, format: Source['format']) => FilePlace;

/** One SQL engine's spelling; what its tables do not list is refused with `sql.unsupported`. */
export interface Dialect {
  readonly name: string;
  identifier(name: string): string;
  literal(value: string | boolean | null, type: Type): string;
  cast(of: string, to: Type, mode: 'strict' | 'try'): string;
  field(of: string, name: string, type: Type): string;
  parseJson(text: string, type: Type): string;
  /** A SELECT list entry for each element of `list`, and for its ordinal. */
  unnest(list: string): { readonly item: string; readonly ordinality: string };
  /** A SELECT that gives the source's rows under its schema. */
  readonly sources: { readonly [S in Source as S['format']]?: EmitSource<S> };
  readonly functions: Partial<Readonly<Record<FunctionName, Emit>>>;
  readonly aggregates: Partial<Readonly<Record<AggregateName, EmitAggregate>>>;
  readonly windows: Partial<Readonly<Record<WindowName, EmitWindow>>>;
}

export type EmitSource<S extends Source> = (source: S, resolve: ResolveFile) => string;
