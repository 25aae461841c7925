import { DuckDBListType, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { BOOL, F64, type Field, I64, listOf, TEXT, type Type, U64 } from '@wavetune/ir';
import { emptyOf, type FilePlace } from '@wavetune/sql';
import type { Run } from './session.ts';

/** A column as a file has it. */
export interface FileColumn extends Field {
  /** What the file calls its type. */
  readonly native: string;
}

/** A type of DuckDB's → the type of the plan that holds its values; all others are read as text. */
const TYPES: Partial<Readonly<Record<DuckDBTypeId, Type>>> = {
  [DuckDBTypeId.BOOLEAN]: BOOL,
  [DuckDBTypeId.TINYINT]: I64,
  [DuckDBTypeId.SMALLINT]: I64,
  [DuckDBTypeId.INTEGER]: I64,
  [DuckDBTypeId.BIGINT]: I64,
  [DuckDBTypeId.UTINYINT]: U64,
  [DuckDBTypeId.USMALLINT]: U64,
  [DuckDBTypeId.UINTEGER]: U64,
  [DuckDBTypeId.UBIGINT]: U64,
  [DuckDBTypeId.FLOAT]: F64,
  [DuckDBTypeId.DOUBLE]: F64,
  [DuckDBTypeId.DECIMAL]: F64,
};

/** The columns of the Parquet or CSV file at `place` in order, from its footer or its first rows. */
export async function describeColumns(
  run: Run,
  place: FilePlace,
  format: 'parquet' | 'csv',
): Promise<readonly FileColumn[]> {
  const result = await run.connection.run(emptyOf(place, format));
  return result.columnNames().map((name, i) => {
    const type = result.columnType(i);
    return { name, type: planType(type), native: type.toString() };
  });
}

function planType(type: DuckDBType): Type {
  if (type instanceof DuckDBListType) return listOf(planType(type.valueType));
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((name, i) => ({ name, type: planType(type.entryTypes[i]) }));
    return { kind: 'struct', fields };
  }
  return TYPES[type.typeId] ?? TEXT;
}
