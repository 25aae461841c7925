import type { Type } from '@wavetune/ir';

export function duckdbIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** NUL ends a query's text in DuckDB's C interface, so it is written as a call. */
export function duckdbText(text: string): string {
  const pieces = text.split('\0').map((piece) => `'${piece.replaceAll("'", "''")}'`);
  return pieces.length === 1 ? pieces[0] : `(${pieces.join(' || chr(0) || ')})`;
}

export function duckdbLiteral(value: string | boolean | null, type: Type): string {
  if (value === null) return `NULL::${duckdbTypeName(type)}`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (type.kind === 'text') return duckdbText(value);
  return `'${value}'::${duckdbTypeName(type)}`;
}

export function duckdbTypeName(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOLEAN';
    case 'i64':
      return 'BIGINT';
    case 'u64':
      return 'UBIGINT';
    case 'f64':
      return 'DOUBLE';
    case 'text':
      return 'VARCHAR';
    case 'list':
      return `${duckdbTypeName(type.item)}[]`;
    case 'struct': {
      const fields = type.fields.map(
        (f) => `${duckdbIdentifier(f.name)} ${duckdbTypeName(f.type)}`,
      );
      return `STRUCT(${fields.join(', ')})`;
    }
  }
}

/** A file's path as one file, whatever characters of a glob it holds. */
export function duckdbPath(path: string): string {
  return duckdbText(path.replace(/[[*?]/g, '[$&]'));
}
