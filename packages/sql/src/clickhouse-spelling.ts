import type { Type } from '@wavetune/ir';

export function clickhouseIdentifier(name: string): string {
  return `"${escaped(name).replaceAll('"', '\\"')}"`;
}

/** `database.table`: each part is quoted by itself. */
export function clickhouseTable(name: string): string {
  return name.split('.').map(clickhouseIdentifier).join('.');
}

export function clickhouseText(text: string): string {
  return `'${escaped(text).replaceAll("'", "\\'")}'`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
}

/**
 * Scalars are Nullable. An array and a tuple cannot be, so a list and a struct stand behind a flag, 0 where they are null, and
 * then they are empty: so they group, compare and unnest as what they are.
 */
export function clickhouseTypeName(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'Nullable(Bool)';
    case 'i64':
      return 'Nullable(Int64)';
    case 'u64':
      return 'Nullable(UInt64)';
    case 'f64':
      return 'Nullable(Float64)';
    case 'text':
      return 'Nullable(String)';
    case 'list':
      return `Tuple(UInt8, Array(${clickhouseTypeName(type.item)}))`;
    case 'struct':
      return `Tuple(UInt8, Tuple(${type.fields.map((f) => clickhouseTypeName(f.type)).join(', ')}))`;
  }
}

/** Null of any type: what `Tuple`'s own default is, so that a missing element or row is null too. */
export function clickhouseNull(type: Type): string {
  const name = clickhouseTypeName(type);
  return isFlagged(type) ? `defaultValueOfTypeName('${name}')` : `CAST(NULL AS ${name})`;
}

export function isFlagged({ kind }: Type): boolean {
  return kind === 'list' || kind === 'struct';
}

/** Whether a value is null, as a UInt8 that never is. */
export function clickhouseIsNull(value: string, type: Type): string {
  return isFlagged(type) ? `(tupleElement(${value}, 1) = 0)` : `isNull(${value})`;
}

/** The array of a list; empty where the list is null. */
export function itemsOf(list: string): string {
  return `tupleElement(${list}, 2)`;
}

/** A list or a struct of `value`, null where `isNull`. */
export function flagged(value: string, isNull: string, type: Type): string {
  const there = `CAST((1, ${value}) AS ${clickhouseTypeName(type)})`;
  return isNull === '0' ? there : `if(${isNull}, ${clickhouseNull(type)}, ${there})`;
}

export function clickhouseLiteral(value: string | boolean | null, type: Type): string {
  if (value === null) return clickhouseNull(type);
  return `CAST(${constant(value, type)} AS ${clickhouseTypeName(type)})`;
}

function constant(value: string | boolean, { kind }: Type): string {
  if (typeof value === 'boolean') return String(value);
  if (kind === 'text') return clickhouseText(value);
  if (kind !== 'f64') return `'${value}'`;
  const number = Number(value);
  return Number.isFinite(number) && !Object.is(number, -0) ? number.toExponential() : `'${value}'`;
}

/** 128 bits hold what 64 bits add up or multiply to; what does not fit back fails the query. */
export function narrowed(value: string, type: Type): string {
  return type.kind === 'f64' ? value : `accurateCast(${value}, '${clickhouseTypeName(type)}')`;
}

export function widened(value: string, type: Type): string {
  return type.kind === 'f64' ? value : `toInt128(${value})`;
}

export function clickhouseCast(of: string, from: Type, to: Type, mode: 'strict' | 'try'): string {
  const isRounded = from.kind === 'f64' && (to.kind === 'i64' || to.kind === 'u64');
  const value = isRounded ? `roundBankers(${of})` : of;
  const name = clickhouseTypeName(to);
  if (to.kind === 'text') {
    const typed = from.kind === 'bool' ? `CAST(${value} AS Nullable(Bool))` : value;
    return `CAST(toString(${typed}) AS ${name})`;
  }
  if (to.kind === 'bool' && from.kind !== 'text' && from.kind !== 'bool') {
    return `CAST(${value} <> 0 AS ${name})`;
  }
  if (to.kind === 'f64' && from.kind !== 'text') return `CAST(toFloat64(${value}) AS ${name})`;
  const scalar = name.slice('Nullable('.length, -1);
  const isParsed = from.kind === 'text' && to.kind !== 'bool';
  if (isParsed && mode === 'strict') return parsedOrFailed(value, scalar);
  return mode === 'try'
    ? `accurateCastOrNull(${value}, '${scalar}')`
    : `accurateCast(${value}, '${name}')`;
}

/** What is no number gives null to every cast of a Nullable text, and fails one of a text that is not. */
function parsedOrFailed(text: string, scalar: string): string {
  return `if(isNull(${text}), NULL, to${scalar}(ifNull(${text}, '0')))`;
}

/** What a file or a table has, as the plan declares it; what does not fit is null. */
export function clickhouseRead(value: string, type: Type, depth = 0): string {
  switch (type.kind) {
    case 'text':
      return `toNullable(toString(${value}))`;
    case 'f64':
      return `toFloat64OrNull(toString(${value}))`;
    case 'list': {
      const item = `wt_x${depth}`;
      const items = `arrayMap(${item} -> ${clickhouseRead(item, type.item, depth + 1)}, ${value})`;
      return flagged(items, '0', type);
    }
    case 'struct': {
      const fields = type.fields.map((field) =>
        clickhouseRead(`tupleElement(${value}, ${clickhouseText(field.name)})`, field.type, depth),
      );
      return flagged(`tuple(${fields.join(', ')})`, '0', type);
    }
    default:
      return `accurateCastOrNull(${value}, '${clickhouseTypeName(type).slice('Nullable('.length, -1)}')`;
  }
}
