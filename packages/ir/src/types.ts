/** The type of a value; every value may be null. */
export type Type = ScalarType | ListType | StructType;

export interface ScalarType {
  readonly kind: ScalarName;
}

export interface ListType {
  readonly kind: 'list';
  readonly item: Type;
}

/** Fields in order; their names differ even where case is ignored. */
export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}

/** A named, typed place: a field of a struct, a column of a schema. */
export interface Field {
  readonly name: string;
  readonly type: Type;
}

/** The columns of a relation, in order; their names differ even where case is ignored. */
export type Schema = readonly Field[];

/** `i64` and `u64` are exact; their arithmetic refuses to overflow. `f64` is IEEE 754, `text` is Unicode. */
export type ScalarName = 'bool' | 'i64' | 'u64' | 'f64' | 'text';

export const BOOL: ScalarType = { kind: 'bool' };
export const I64: ScalarType = { kind: 'i64' };
export const U64: ScalarType = { kind: 'u64' };
export const F64: ScalarType = { kind: 'f64' };
export const TEXT: ScalarType = { kind: 'text' };

export function listOf(item: Type): ListType {
  return { kind: 'list', item };
}

/** `structOf({ id: U64, name: TEXT })`; fields in the order written. */
export function structOf(fields: Readonly<Record<string, Type>>): StructType {
  return { kind: 'struct', fields: fieldsOf(fields) };
}

/** `{ id: U64, name: TEXT }` as the fields of a schema, in the order written. */
export function fieldsOf(fields: Readonly<Record<string, Type>>): readonly Field[] {
  return Object.entries(fields).map(([name, type]) => ({ name, type }));
}

/** `list<u64>`, `struct{id: u64, name: text}`: for messages and printed plans. */
export function typeName(type: Type): string {
  if (type.kind === 'list') return `list<${typeName(type.item)}>`;
  if (type.kind === 'struct') {
    return `struct{${type.fields.map((f) => `${f.name}: ${typeName(f.type)}`).join(', ')}}`;
  }
  return type.kind;
}

export function isSameType(a: Type, b: Type): boolean {
  if (a.kind === 'list' && b.kind === 'list') return isSameType(a.item, b.item);
  if (a.kind === 'struct' && b.kind === 'struct') return isSameSchema(a.fields, b.fields);
  return a.kind === b.kind;
}

/** Same names and types in the same order. */
export function isSameSchema(a: Schema, b: Schema): boolean {
  return (
    a.length === b.length &&
    a.every((f, i) => f.name === b[i].name && isSameType(f.type, b[i].type))
  );
}

export function isNumeric(type: Type): boolean {
  return type.kind === 'f64' || isInteger(type);
}

export function isInteger(type: Type): boolean {
  return type.kind === 'i64' || type.kind === 'u64';
}
