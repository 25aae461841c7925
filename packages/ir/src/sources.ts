import { assertNever } from '@wavetune/core';
import { irError } from './ir-errors.ts';
import { checkLiteral } from './literals.ts';
import { checkDeclared, checkedSchema, checkName } from './names.ts';
import type { ColumnFiles, Source, Values } from './nodes.ts';
import { I64, type Schema, TEXT } from './types.ts';

/** The columns that a source gives. */
export function sourceSchema(source: Source, path: string): Schema {
  switch (source.format) {
    case 'parquet':
    case 'csv':
      return columnFilesSchema(source, path);
    case 'json_lines':
      checkFiles(source.files, path);
      return declared(source.columns, path);
    case 'lines':
      checkFiles(source.files, path);
      return [
        { name: 'file', type: TEXT },
        { name: 'line', type: I64 },
        { name: 'text', type: TEXT },
      ];
    case 'documents':
      checkFiles(source.files, path);
      return [
        { name: 'file', type: TEXT },
        { name: 'text', type: TEXT },
      ];
    case 'values':
      return valuesSchema(source, path);
    case 'table':
      checkName(source.name, `${path}.name`);
      return declared(source.columns, path);
    default:
      return assertNever(source, 'source');
  }
}

function columnFilesSchema(source: ColumnFiles, path: string): Schema {
  checkFiles(source.files, path);
  const columns = declared(source.columns, path);
  if (!source.position) return columns;
  const { file, row } = source.position;
  return checkedSchema([...columns, { name: file, type: TEXT }, { name: row, type: I64 }], path);
}

function valuesSchema(source: Values, path: string): Schema {
  const columns = declared(source.columns, path);
  source.rows.forEach((row, i) => {
    if (row.length !== columns.length) {
      const reason = `a row of ${row.length} values for ${columns.length} columns`;
      throw irError('ir.bad-node', { path: `${path}.rows[${i}]`, reason });
    }
    row.forEach((value, j) => {
      checkLiteral(value, columns[j].type, `${path}.rows[${i}][${j}]`);
    });
  });
  return columns;
}

function declared(columns: Schema, path: string): Schema {
  if (columns.length === 0)
    throw irError('ir.bad-node', { path, reason: 'a source without columns' });
  checkDeclared(columns, `${path}.columns`);
  return columns;
}

function checkFiles(files: readonly string[], path: string): void {
  if (files.length === 0) throw irError('ir.bad-node', { path, reason: 'a scan of no files' });
  files.forEach((file, i) => {
    checkName(file, `${path}.files[${i}]`);
  });
}
