import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { structEnd } from './thrift-check.ts';

/** What stands before a page of a column. */
export interface PageHeader {
  /** The levels of a `split` page are not packed, and told of here. */
  readonly kind: 'dictionary' | 'whole' | 'split';
  /** In the file. */
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Of the packed bytes. */
  readonly crc: number | undefined;
  /** Of a dictionary its values. */
  readonly rows: number;
  /** Whether the values are places in the dictionary. */
  readonly isCoded: boolean;
  /** Of a split page: how many bytes they take. */
  readonly levelBytes: number;
  /** Of a whole page: whether levels, where there are any, are written as runs. */
  readonly hasRuns: boolean;
  /** Of a split page: whether its values are packed. */
  readonly isPacked: boolean;
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;

const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const BIT_PACKED = 4;
const RLE_DICTIONARY = 8;

/** A struct's fields; in a damaged file anything may stand in their place. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the header that begins at `at`, as strictly as an engine does.
 *
 * @returns Undefined where there is none of a page in an encoding that is read here.
 */
export function readPageHeader(
  view: DataView,
  at: number,
): { readonly header: PageHeader; readonly end: number } | undefined {
  try {
    const end = structEnd(view, at);
    const fields: Fields = deserializeTCompactProtocol({ view, offset: at });
    const header = { ...pageOf(fields), ...kindOf(fields) };
    return { header, end };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function pageOf(fields: Fields) {
  const crc = fields.field_4;
  if (crc !== undefined && typeof crc !== 'number') throw new RangeError('a sum is no number');
  return {
    sizeBytes: whole(fields.field_2),
    packedBytes: whole(fields.field_3),
    crc: crc === undefined ? undefined : crc >>> 0,
    levelBytes: 0,
    hasRuns: true,
    isPacked: true,
  };
}

function kindOf(fields: Fields) {
  switch (whole(fields.field_1)) {
    case DATA_PAGE:
      return { kind: 'whole' as const, ...wholePageOf(fields.field_5 as Fields) };
    case DICTIONARY_PAGE:
      return { kind: 'dictionary' as const, ...dictionaryOf(fields.field_7 as Fields) };
    case DATA_PAGE_V2:
      return { kind: 'split' as const, ...splitPageOf(fields.field_8 as Fields) };
    default:
      throw new RangeError('a page is of another kind');
  }
}

function wholePageOf({ field_1, field_2, field_3, field_4 }: Fields) {
  const isCoded = oneOf(field_2, [PLAIN, PLAIN_DICTIONARY, RLE_DICTIONARY]) !== PLAIN;
  const hasRuns = oneOf(field_3, [RLE, BIT_PACKED]) === RLE;
  oneOf(field_4, [RLE, BIT_PACKED]);
  return { rows: whole(field_1), isCoded, hasRuns };
}

function dictionaryOf({ field_1, field_2, field_3 }: Fields) {
  oneOf(field_2, [PLAIN, PLAIN_DICTIONARY]);
  oneOf(field_3, [undefined, true, false]);
  return { rows: whole(field_1), isCoded: false };
}

function splitPageOf({ field_1, field_2, field_3, field_4, field_5, field_6, field_7 }: Fields) {
  const rows = whole(field_1);
  whole(field_2);
  oneOf(field_3, [rows]);
  const isCoded = oneOf(field_4, [PLAIN, PLAIN_DICTIONARY, RLE_DICTIONARY]) !== PLAIN;
  oneOf(field_6, [0]);
  const isPacked = oneOf(field_7, [undefined, true, false]) !== false;
  return { rows, isCoded, levelBytes: whole(field_5), isPacked };
}

function whole(value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError('there is no whole number');
}

function oneOf(value: unknown, known: readonly unknown[]): unknown {
  if (known.includes(value)) return value;
  throw new RangeError('there is another value');
}
