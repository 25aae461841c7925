import type { Field, Source } from '@wavetune/ir';
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
  const known = new Map(Object.entries(statistics?.columns ?? {}));
  const columns = schema.map(
    (field) => [field.name, columnEstimate(field, known.get(field.name))] as const,
  );
  return { rows, columns: new Map(columns) };
}

/** A column of this type; its width is the type's where that is fixed. */
export function columnEstimate({ type }: Field, known: ColumnStatistics = {}): ColumnEstimate {
  return { ...known, bytes: fixedBytes(type) ?? known.bytes ?? defaultBytes(type) };
}

/**
 * A column of a relation of which only some rows are left, whichever: of n rows a value has n / d, and goes with the last
 * of them (Yao, CACM 20(4), 1977, for many rows a value).
 */
export function thinned(column: ColumnEstimate, rows: number, left: number): ColumnEstimate {
  const { distincts } = column;
  if (distincts === undefined || distincts <= 0 || left >= rows) return column;
  const each = Math.max(1, rows / distincts);
  return { ...column, distincts: distincts * (1 - (1 - left / rows) ** each) };
}
