import { crc32 } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { type ColumnGroup, type ColumnPiece, readBytes } from './column-file.ts';
import type { ColumnTable } from './column-table.ts';
import { type PageHeader, readPageHeader } from './page-header.ts';
import { unpacked } from './unpack-page.ts';

/** Chosen: larger pages are left to others. */
const MOST_PAGE_BYTES = 2 ** 26;
const MOST_PAGE_ROWS = 2 ** 22;
/** Chosen: what runs is replaced by what is compiled better between two calls only. */
const MOST_ROWS_AT_ONCE = 4096;
/** Chosen: other threads get what is theirs of so many rows, and do not wait while more are unpacked. */
const ROWS_A_PASS = 4096;

/** How far a column of a group was read. */
interface Cursor {
  readonly piece: ColumnPiece;
  readonly bytes: Buffer;
  readonly view: DataView;
  offset: number;
  /** Of the pages that come. */
  rowsLeft: number;
  /** Of the page that was read last: rows that were not added. */
  waiting: number;
}

/**
 * Adds the events of a group of rows. `pass` is called now and then; where it answers false, the scan is over.
 *
 * Memory: its pieces of the file, and of each column a page, a dictionary, and at most 12 bytes a row of a page that has a
 * dictionary or leaves out values.
 *
 * @returns False where it is not plainly good events: then nothing that the table holds is of use.
 */
export function sumGroup(
  table: ColumnTable,
  group: ColumnGroup,
  { descriptor, pass }: { readonly descriptor: number; readonly pass: () => boolean },
): boolean {
  const cursors: Cursor[] = [];
  for (const piece of group.pieces) {
    const bytes = readBytes(descriptor, piece.from, piece.sizeBytes);
    if (bytes === undefined) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    cursors.push({ piece, bytes, view, offset: 0, rowsLeft: group.rows, waiting: 0 });
  }
  table.beginGroup();
  for (let left = group.rows; left > 0; ) {
    for (const cursor of cursors) {
      const isNew = cursor.waiting === 0;
      while (cursor.waiting === 0) if (!readNextPage(table, cursor)) return false;
      if (isNew && cursor.waiting >= ROWS_A_PASS && !pass()) return false;
    }
    const count = Math.min(MOST_ROWS_AT_ONCE, ...cursors.map(({ waiting }) => waiting));
    if (!table.addRows(count)) return false;
    for (const cursor of cursors) cursor.waiting -= count;
    if (Math.floor(left / ROWS_A_PASS) !== Math.floor((left - count) / ROWS_A_PASS) && !pass()) {
      return false;
    }
    left -= count;
  }
  for (const { bytes } of cursors) giveBack(bytes);
  return true;
}

/**
 * Frees bytes that nobody reads any more, at once. So much memory outside of the heap would make the collector mark all that is in
 * it, again and again. A pool's stay.
 */
function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

/** @returns Whether the next page is of use. */
function readNextPage(table: ColumnTable, cursor: Cursor): boolean {
  const { bytes, view, piece } = cursor;
  const found = readPageHeader(view, cursor.offset);
  if (found === undefined) return false;
  const { header } = found;
  const end = found.end + header.packedBytes;
  if (end > bytes.length || header.sizeBytes > MOST_PAGE_BYTES) return false;
  if (header.rows > MOST_PAGE_ROWS) return false;
  const packed = bytes.subarray(found.end, end);
  cursor.offset = end;
  if (header.crc !== undefined && crc32(packed) !== header.crc) return false;
  if (header.kind !== 'dictionary') return readDataPage(table, cursor, { header, packed });
  const values = unpacked(packed, piece.codec, header.sizeBytes);
  if (values === undefined) return false;
  const isRead = table.readDictionary(piece.column.field, values, header.rows);
  if (values.buffer !== bytes.buffer) giveBack(values);
  return isRead;
}

function readDataPage(
  table: ColumnTable,
  cursor: Cursor,
  { header, packed }: { readonly header: PageHeader; readonly packed: Buffer },
): boolean {
  const { codec, column } = cursor.piece;
  const { rows, isCoded } = header;
  if (rows > cursor.rowsLeft || (column.isOptional && !header.hasRuns)) return false;
  cursor.rowsLeft -= rows;
  cursor.waiting = rows;
  const bytes =
    header.kind === 'split'
      ? joinedPage(header, packed, codec)
      : unpacked(packed, codec, header.sizeBytes);
  if (bytes === undefined || (!column.isOptional && header.levelBytes > 0)) return false;
  const told = header.kind === 'split' ? header.levelBytes : 'told';
  const levels = column.isOptional ? told : 'none';
  const isRead = table.readPage({ field: column.field, bytes, rows, levels, isCoded });
  if (bytes.buffer !== cursor.bytes.buffer) giveBack(bytes);
  return isRead;
}

/** Levels, and the values behind them, unpacked. */
function joinedPage(
  { levelBytes, sizeBytes, isPacked }: PageHeader,
  packed: Buffer,
  codec: CompressionCodec,
): Uint8Array | undefined {
  if (levelBytes > packed.length || levelBytes > sizeBytes) return undefined;
  const rest = packed.subarray(levelBytes);
  const values = unpacked(rest, isPacked ? codec : 'UNCOMPRESSED', sizeBytes - levelBytes);
  return values && Buffer.concat([packed.subarray(0, levelBytes), values]);
}
