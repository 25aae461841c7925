import type { ParquetType, SchemaElement } from 'hyparquet';
import { EVENT_FIELDS, type EventField } from './event-fields.ts';

/** What the values of a column are, as `assembly/column-kinds.ts` numbers it. */
const KIND = {
  text: 0,
  name: 1,
  decimal: 2,
  double: 3,
  float: 4,
  int32: 5,
  uint32: 6,
  int64: 7,
  uint64: 8,
} as const;

/** A file without one of the others has nothing but bad events. */
const OPTIONAL: ReadonlySet<EventField> = new Set([
  'parent_prefix_id',
  'latency_ms',
  'tokens',
  'prefill_ms',
]);
/** What else an engine takes a column of such a name for. */
const TAKEN = ['filename', 'file_row_number'];

/** A column of events. */
export interface EventColumn {
  readonly field: number;
  readonly name: EventField;
  /** Among the columns of the file. */
  readonly place: number;
  readonly kind: number;
  readonly type: ParquetType;
  /** Then levels tell which values are there. */
  readonly isOptional: boolean;
}

/** The columns that events have; undefined where not every one of them plainly holds what it should, or columns are nested. */
export function eventColumnsOf(schema: readonly SchemaElement[]): EventColumn[] | undefined {
  const [root, ...leaves] = schema;
  if (root?.num_children !== leaves.length) return undefined;
  if (leaves.some(({ type, num_children }) => type === undefined || num_children)) return undefined;
  const names = leaves.map(({ name }) => name.toLowerCase());
  if (new Set([...names, ...TAKEN]).size !== names.length + TAKEN.length) return undefined;
  const columns: EventColumn[] = [];
  for (const [field, name] of EVENT_FIELDS.entries()) {
    const place = leaves.findIndex((leaf) => leaf.name === name);
    if (place === -1) {
      if (OPTIONAL.has(name)) continue;
      return undefined;
    }
    const { type, repetition_type: repetition } = leaves[place];
    const kind = kindOf(name, leaves[place]);
    if (kind === undefined || type === undefined) return undefined;
    if (repetition !== 'OPTIONAL' && repetition !== 'REQUIRED') return undefined;
    columns.push({ field, name, place, kind, type, isOptional: repetition === 'OPTIONAL' });
  }
  return columns;
}

function kindOf(name: EventField, element: SchemaElement): number | undefined {
  switch (name) {
    case 'prefix_id':
    case 'parent_prefix_id':
      return isText(element) ? KIND.text : undefined;
    case 'tenant':
    case 'model_id':
      return isText(element) ? KIND.name : undefined;
    case 'layer':
      return isText(element) ? KIND.decimal : wholeKindOf(element);
    default:
      return realKindOf(element) ?? wholeKindOf(element);
  }
}

function isText({ type, converted_type, logical_type }: SchemaElement): boolean {
  const isString = logical_type === undefined || logical_type.type === 'STRING';
  return type === 'BYTE_ARRAY' && converted_type === 'UTF8' && isString;
}

function realKindOf({ type, converted_type, logical_type }: SchemaElement): number | undefined {
  if (converted_type !== undefined || logical_type !== undefined) return undefined;
  if (type === 'DOUBLE') return KIND.double;
  return type === 'FLOAT' ? KIND.float : undefined;
}

function wholeKindOf({ type, converted_type, logical_type }: SchemaElement): number | undefined {
  if (type !== 'INT32' && type !== 'INT64') return undefined;
  const bits = type === 'INT32' ? 32 : 64;
  const isSigned = converted_type === undefined || converted_type === `INT_${bits}`;
  if (!isSigned && converted_type !== `UINT_${bits}`) return undefined;
  if (logical_type !== undefined) {
    if (logical_type.type !== 'INTEGER') return undefined;
    if (logical_type.bitWidth !== bits || logical_type.isSigned !== isSigned) return undefined;
  }
  if (bits === 32) return isSigned ? KIND.int32 : KIND.uint32;
  return isSigned ? KIND.int64 : KIND.uint64;
}
