import { readSync } from 'node:fs';
import {
  type ColumnChunk,
  type ColumnMetaData,
  type CompressionCodec,
  type FileMetaData,
  parquetMetadata,
  type RowGroup,
} from 'hyparquet';
import { type EventColumn, eventColumnsOf } from './column-fields.ts';
import { structEnd } from './thrift-check.ts';

/** A Parquet file of prefix events. */
export interface ColumnFile {
  /** Of all columns. */
  readonly names: readonly string[];
  /** Those of events. */
  readonly columns: readonly EventColumn[];
  readonly groups: readonly ColumnGroup[];
}

/** Rows that stand together, a piece of the file for each column of events, in their order. */
export interface ColumnGroup {
  readonly rows: number;
  readonly pieces: readonly ColumnPiece[];
}

export interface ColumnPiece {
  readonly column: EventColumn;
  readonly from: number;
  readonly sizeBytes: number;
  readonly codec: CompressionCodec;
}

const MAGIC = 'PAR1';
const TAIL_BYTES = 8;
const NUMBER_TYPES: ReadonlySet<string> = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE']);
/** Chosen: larger ones are left to others, as they take memory before anything is known of them. */
const MOST_FOOTER_BYTES = 2 ** 22;
const MOST_PIECE_BYTES = 2 ** 26;

/** Reads what the end of a file tells of it; undefined where it is not plainly a Parquet file of prefix events. */
export function readColumnFile(descriptor: number, sizeBytes: number): ColumnFile | undefined {
  const footer = readFooter(descriptor, sizeBytes);
  if (footer === undefined) return undefined;
  try {
    structEnd(new DataView(footer.buffer, footer.byteOffset, footer.length - TAIL_BYTES), 0);
    return fileOf(parquetMetadata(footer, { geoparquet: false }), sizeBytes);
  } catch {
    // Of a damaged file anything may be there in place of what the library's types tell.
    return undefined;
  }
}

function fileOf(
  { schema, row_groups, num_rows }: FileMetaData,
  sizeBytes: number,
): ColumnFile | undefined {
  const columns = eventColumnsOf(schema);
  if (columns === undefined) return undefined;
  const names = schema.slice(1).map(({ name }) => name);
  const groups: ColumnGroup[] = [];
  for (const group of row_groups) {
    const found = groupOf(group, columns, { count: names.length, sizeBytes });
    if (found === undefined) return undefined;
    groups.push(found);
  }
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  return sizeOf(num_rows) === rows ? { names, columns, groups } : undefined;
}

/** Reads bytes of a file. @returns Undefined where it ends before. */
export function readBytes(descriptor: number, from: number, count: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(count);
  for (let length = 0; length < count; ) {
    const read = readSync(descriptor, bytes, length, count - length, from + length);
    if (read === 0) return undefined;
    length += read;
  }
  return bytes;
}

/** With its length and the magic number behind it. */
function readFooter(descriptor: number, sizeBytes: number): Buffer | undefined {
  if (sizeBytes < MAGIC.length + TAIL_BYTES) return undefined;
  const tail = readBytes(descriptor, sizeBytes - TAIL_BYTES, TAIL_BYTES);
  const head = readBytes(descriptor, 0, MAGIC.length);
  if (head?.toString('latin1') !== MAGIC || tail?.toString('latin1', 4) !== MAGIC) return undefined;
  const length = tail.readUInt32LE() + TAIL_BYTES;
  if (length > MOST_FOOTER_BYTES || length > sizeBytes - MAGIC.length) return undefined;
  return readBytes(descriptor, sizeBytes - length, length);
}

/** Pieces of columns that nobody reads are looked at too: an engine refuses the file where one of them is damaged. */
function groupOf(
  { columns: chunks, num_rows }: RowGroup,
  columns: readonly EventColumn[],
  file: { readonly count: number; readonly sizeBytes: number },
): ColumnGroup | undefined {
  const rows = sizeOf(num_rows);
  if (rows === undefined || chunks.length !== file.count) return undefined;
  const places = chunks.map((chunk) => placeOf(chunk, rows));
  if (places.includes(undefined)) return undefined;
  const pieces: ColumnPiece[] = [];
  for (const column of columns) {
    const place = places[column.place] as PiecePlace;
    const { type, path_in_schema: path } = place.metadata;
    if (type !== column.type || path.length !== 1 || path[0] !== column.name) return undefined;
    const { from, sizeBytes } = place;
    if (sizeBytes > MOST_PIECE_BYTES || from + sizeBytes > file.sizeBytes) return undefined;
    pieces.push({ column, from, sizeBytes, codec: place.metadata.codec });
  }
  return { rows, pieces };
}

interface PiecePlace {
  readonly from: number;
  readonly sizeBytes: number;
  readonly metadata: ColumnMetaData;
}

function placeOf(chunk: ColumnChunk, rows: number): PiecePlace | undefined {
  const { meta_data: metadata, file_path, crypto_metadata, encrypted_column_metadata } = chunk;
  if (metadata === undefined || file_path !== undefined) return undefined;
  if (crypto_metadata !== undefined || encrypted_column_metadata !== undefined) return undefined;
  const { type, codec, encodings } = metadata;
  const named: readonly (string | undefined)[] = [type, codec, ...encodings];
  if (named.includes(undefined) || sizeOf(metadata.num_values) !== rows) return undefined;
  if (hasOddBounds(metadata)) return undefined;
  const pages = sizeOf(metadata.data_page_offset);
  const dictionary = sizeOf(metadata.dictionary_page_offset ?? metadata.data_page_offset);
  const sizeBytes = sizeOf(metadata.total_compressed_size);
  const isTold = sizeOf(metadata.total_uncompressed_size) !== undefined;
  if (pages === undefined || dictionary === undefined || sizeBytes === undefined || !isTold) {
    return undefined;
  }
  // Some write 0 where there is no dictionary.
  return { from: dictionary > 0 ? Math.min(dictionary, pages) : pages, sizeBytes, metadata };
}

/** Whether the least or greatest value has another size than its type, where an engine refuses the file too. */
function hasOddBounds({ type, statistics }: ColumnMetaData): boolean {
  if (statistics === undefined || !NUMBER_TYPES.has(type)) return false;
  const { min, max, min_value, max_value } = statistics;
  return [min, max, min_value, max_value].some((bound) => bound instanceof Uint8Array);
}

/** Anything may stand in place of a number. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value !== 'bigint' || value < 0n || value > Number.MAX_SAFE_INTEGER) return undefined;
  return Number(value);
}
