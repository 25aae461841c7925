import type { Type } from '@wavetune/ir';

export function sparkIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `catalog.schema.table`: each part is quoted by itself. */
export function sparkTable(name: string): string {
  return name.split('.').map(sparkIdentifier).join('.');
}

export function sparkText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0');
  return `'${escaped}'`;
}

/** Spark has no unsigned type: u64 is a decimal of 20 digits, exact, kept in its range wherever one is made. */
export function sparkTypeName(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOLEAN';
    case 'i64':
      return 'BIGINT';
    case 'u64':
      return 'DECIMAL(20,0)';
    case 'f64':
      return 'DOUBLE';
    case 'text':
      return 'STRING';
    case 'list':
      return `ARRAY<${sparkTypeName(type.item)}>`;
    case 'struct': {
      const fields = type.fields.map((f) => `${sparkIdentifier(f.name)}: ${sparkTypeName(f.type)}`);
      return `STRUCT<${fields.join(', ')}>`;
    }
  }
}

export function sparkLiteral(value: string | boolean | null, type: Type): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (value === null) return `CAST(NULL AS ${sparkTypeName(type)})`;
  return type.kind === 'text' ? sparkText(value) : `CAST('${value}' AS ${sparkTypeName(type)})`;
}

/** `body` over a name for the value, so that a value that is looked at twice is computed once. */
export function sparkLet(value: string, body: (name: string) => string): string {
  return `transform(array(${value}), wt_v -> ${body('wt_v')})[0]`;
}

const IN_U64 = 'BETWEEN 0 AND 18446744073709551615';

/** A decimal as u64: outside the range the query fails. */
export function sparkU64(value: string): string {
  const refused = `raise_error('a value does not fit u64')`;
  return sparkLet(
    value,
    (v) =>
      `CASE WHEN ${v} IS NULL OR ${v} ${IN_U64} THEN CAST(${v} AS DECIMAL(20,0)) ELSE CAST(${refused} AS DECIMAL(20,0)) END`,
  );
}

/** A decimal as u64: outside the range null. */
export function sparkTryU64(value: string): string {
  return sparkLet(value, (v) => `CASE WHEN ${v} ${IN_U64} THEN CAST(${v} AS DECIMAL(20,0)) END`);
}

/** What a file or a table has, as the plan declares it; what does not fit is null. */
export function sparkRead(value: string, type: Type, depth = 0): string {
  if (type.kind === 'u64') return sparkTryU64(`try_cast(${value} AS DECIMAL(20,0))`);
  if (type.kind === 'list') {
    const item = `wt_x${depth}`;
    return `transform(${value}, ${item} -> ${sparkRead(item, type.item, depth + 1)})`;
  }
  return `try_cast(${value} AS ${sparkTypeName(type)})`;
}

/** The same value in the range of u64, half a number to the even one. */
export function sparkCast(of: string, from: Type, to: Type, mode: 'strict' | 'try'): string {
  const isRounded = from.kind === 'f64' && (to.kind === 'i64' || to.kind === 'u64');
  const value = isRounded ? `rint(${of})` : of;
  const cast = `${mode === 'try' ? 'try_cast' : 'CAST'}(${value} AS ${sparkTypeName(to)})`;
  if (to.kind !== 'u64' || from.kind === 'u64') return cast;
  return mode === 'try' ? sparkTryU64(cast) : sparkU64(cast);
}
