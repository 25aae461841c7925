import type { ListType, StructType, Type } from '@wavetune/ir';
import { clickhouseText, clickhouseTypeName, flagged } from './clickhouse-spelling.ts';

/** JSON text as a typed value; null at each place that is missing or does not fit. */
export function clickhouseParseJson(text: string, type: ListType | StructType): string {
  const json = `ifNull(${text}, '')`;
  if (type.kind === 'list') return listAt(json, '', type, 0);
  const isNone = `NOT isValidJSON(${json}) OR JSONType(${json}) = 'Null'`;
  return flagged(structOf(json, type, 0), isNone, type);
}

function structOf(json: string, type: StructType, depth: number): string {
  const fields = type.fields.map((field) =>
    valueAt(json, `, ${clickhouseText(field.name)}`, field.type, depth),
  );
  return `tuple(${fields.join(', ')})`;
}

/** @param key - What stands behind the text to name a place in it: empty, or a comma and a key. */
function valueAt(json: string, key: string, type: Type, depth: number): string {
  if (type.kind === 'list') return listAt(json, key, type, depth);
  if (type.kind === 'struct') return structAt(`JSONExtractRaw(${json}${key})`, type, depth);
  return `JSONExtract(${json}${key}, '${clickhouseTypeName(type)}')`;
}

function structAt(json: string, type: StructType, depth: number): string {
  return flagged(structOf(json, type, depth), `JSONType(${json}) <> 'Object'`, type);
}

function listAt(json: string, key: string, type: ListType, depth: number): string {
  const isNone = `JSONType(${json}${key}) <> 'Array'`;
  const { item } = type;
  if (item.kind !== 'list' && item.kind !== 'struct') {
    // An array of which no item fits comes back empty.
    const fit = `JSONExtract(${json}${key}, 'Array(${clickhouseTypeName(item)})')`;
    const items = `arrayResize(${fit}, JSONLength(${json}${key}))`;
    return flagged(items, isNone, type);
  }
  const name = `wt_e${depth}`;
  const body =
    item.kind === 'list' ? listAt(name, '', item, depth + 1) : structAt(name, item, depth + 1);
  return flagged(`arrayMap(${name} -> ${body}, JSONExtractArrayRaw(${json}${key}))`, isNone, type);
}
