import type { Field, Source } from '@wavetune/ir';
import { expectedDistincts } from './distincts.ts';
import type { ColumnStatistics, TableLookup } from './statistics.ts';
import { defaultBytes, fixedBytes } from './widths.ts';

/** What is believed of a relation. */
export interface RelationEstimate {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnEstimate>;
}

/** A column; `bytes` of a value on average, and what else is known. */
export interface ColumnEstimate extends ColumnStatistics {
  readonly bytes: number;
}

/** Rows of a source of which nothing is known. Chosen. */
const DEFAULT_ROWS = 1000;

/** What is believed of a source's columns, in the order of its schema. */
export function sourceEstimate(
  source: Source,
  schema: readonly Field[],
  tables: TableLookup,
): RelationEstimate {
  const statistics = tables(source);
  const rows = statistics?.rows ?? (source.format === 'values' ? source.rows.length : DEFAULT_ROWS);
  const columns = schema.map(
    (field) => [field.name, columnEstimate(field, statistics?.columns?.[field.name])] as const,
  );
  return { rows, columns: new Map(columns) };
}

/** A column of this type; its width is the type's where that is fixed. */
export function columnEstimate({ type }: Field, known: ColumnStatistics = {}): ColumnEstimate {
  return { ...known, bytes: fixedBytes(type) ?? known.bytes ?? defaultBytes(type) };
}

/** The columns once only `rows` of the relation's are left, whichever: fewer rows hold fewer distinct values. */
export function thinned(relation: RelationEstimate, rows: number): RelationEstimate {
  if (rows >= relation.rows) return { ...relation, rows };
  const columns = [...relation.columns].map(([name, column]) => {
    const { distincts } = column;
    if (distincts === undefined) return [name, column] as const;
    return [name, { ...column, distincts: expectedDistincts(distincts, rows) }] as const;
  });
  return { rows, columns: new Map(columns) };
}

/** Distinct values of a column, as far as known; never more than the rows. */
export function distinctsOf(relation: RelationEstimate, name: string): number | undefined {
  const distincts = relation.columns.get(name)?.distincts;
  return distincts === undefined ? undefined : Math.min(distincts, relation.rows);
}
