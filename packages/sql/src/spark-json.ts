import type { ListType, StructType, Type } from '@wavetune/ir';
import {
  sparkIdentifier,
  sparkLet,
  sparkLiteral,
  sparkText,
  sparkTryU64,
  sparkTypeName,
} from './spark-spelling.ts';
import { sqlError } from './sql-errors.ts';

/** JSON text by way of Spark 4's variant, whose numbers are exact; null at each place that is missing or does not fit. */
export function sparkParseJson(text: string, type: ListType | StructType): string {
  return sparkLet(wholeVariant(text), (v) =>
    type.kind === 'list'
      ? listAt(v, '$', type.item, 0)
      : `CASE WHEN is_variant_null(coalesce(${v}, parse_json('null'))) THEN ${none(type)} ELSE ${structOf(v, type, 0)} END`,
  );
}

/** Spark reads the first value and leaves what stands behind it; within a list, in front of a last item, nothing may. */
function wholeVariant(text: string): string {
  return sparkLet(
    `try_parse_json(concat('[', ${text}, ',"wt_end"]'))`,
    (v) =>
      `CASE WHEN try_variant_get(${v}, '$[1]', 'string') = 'wt_end' THEN try_variant_get(${v}, '$[0]', 'variant') END`,
  );
}

/** Spark's paths have no escapes and skip white space at a name's begin; the first form that takes the name. */
function pathOf(name: string): string {
  if (!/^[ \t-\r]|["?]/.test(name)) return `$["${name}"]`;
  if (!/^[ \t-\r]|['?]/.test(name)) return `$['${name}']`;
  if (!/^[ \t-\r]|[.[]/.test(name)) return `$.${name}`;
  const what = `path to the JSON field ${JSON.stringify(name)}`;
  throw sqlError('sql.unsupported', { dialect: 'Spark', what });
}

function structOf(of: string, type: StructType, depth: number): string {
  const fields = type.fields.flatMap(({ name, type: part }) => [
    sparkText(name),
    valueAt(of, pathOf(name), part, depth),
  ]);
  return `CAST(named_struct(${fields.join(', ')}) AS ${sparkTypeName(type)})`;
}

function valueAt(of: string, path: string, type: Type, depth: number): string {
  const at = `try_variant_get(${of}, ${sparkText(path)}`;
  if (type.kind === 'list') return listAt(of, path, type.item, depth);
  if (type.kind === 'struct') return structAt(`${at}, 'variant')`, type, depth);
  return type.kind === 'u64'
    ? sparkTryU64(`${at}, 'decimal(20,0)')`)
    : `${at}, ${sparkText(sparkTypeName(type))})`;
}

function listAt(of: string, path: string, item: Type, depth: number): string {
  const name = `wt_e${depth}`;
  const at = `try_variant_get(${of}, ${sparkText(path)}`;
  if (item.kind === 'u64') {
    return `transform(${at}, 'array<decimal(20,0)>'), ${name} -> ${sparkTryU64(name)})`;
  }
  if (item.kind !== 'list' && item.kind !== 'struct') {
    return `${at}, ${sparkText(`array<${sparkTypeName(item)}>`)})`;
  }
  const body =
    item.kind === 'list'
      ? listAt(name, '$', item.item, depth + 1)
      : structAt(name, item, depth + 1);
  return `transform(${at}, 'array<variant>'), ${name} -> ${body})`;
}

function structAt(value: string, type: StructType, depth: number): string {
  const name = `wt_s${depth}`;
  const isObject = `schema_of_variant(${name}) LIKE 'OBJECT%'`;
  const body = `CASE WHEN ${isObject} THEN ${structOf(name, type, depth + 1)} ELSE ${none(type)} END`;
  return `transform(array(${value}), ${name} -> ${body})[0]`;
}

function none(type: Type): string {
  return sparkLiteral(null, type);
}

/** A field of a struct. */
export function sparkField(of: string, name: string): string {
  return `${of}.${sparkIdentifier(name)}`;
}
