import { irError } from './ir-errors.ts';
import type { Field, Schema, Type } from './types.ts';

/**
 * The schema itself, once its names are names and differ, also where case is ignored: SQL engines ignore it.
 *
 * @throws WavetuneError `ir.bad-name`, `ir.duplicate-column`
 */
export function checkedSchema(fields: Schema, path: string): Schema {
  const seen = new Set<string>();
  for (const field of fields) {
    checkName(field.name, path);
    const folded = field.name.toLowerCase();
    if (seen.has(folded)) throw irError('ir.duplicate-column', { path, column: field.name });
    seen.add(folded);
  }
  return fields;
}

/** As {@link checkedSchema}, for declared columns, whose types may hold names too. */
export function checkDeclared(fields: Schema, path: string): void {
  checkedSchema(fields, path);
  fields.forEach((field, i) => {
    checkType(field.type, `${path}[${i}].type`);
  });
}

/** Refuses a struct whose field names clash, at any depth. */
export function checkType(type: Type, path: string): void {
  if (type.kind === 'list') checkType(type.item, `${path}.item`);
  if (type.kind === 'struct') {
    if (type.fields.length === 0) {
      throw irError('ir.bad-node', { path, reason: 'a struct without fields' });
    }
    checkDeclared(type.fields, `${path}.fields`);
  }
}

export function checkName(name: string, path: string): void {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw irError('ir.bad-name', { path, found: name });
  }
}

/** The field of that name, spelled exactly. */
export function fieldNamed(fields: Schema, name: string, path: string): Field {
  const found = fields.find((field) => field.name === name);
  if (found) return found;
  const available = fields.map((field) => field.name);
  throw irError('ir.unknown-column', { path, column: name, available });
}
