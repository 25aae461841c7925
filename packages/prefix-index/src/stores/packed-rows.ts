import {
  EMPTY_ROW,
  type FlatLists,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  type TotalsNumber,
} from '../totals/totals-columns.ts';
import {
  type ByteReader,
  type ByteWriter,
  folded,
  newByteReader,
  newByteWriter,
  putFloat,
  putWhole,
  putWord,
  reserve,
  takeFloat,
  takeWhole,
  unfolded,
  WORD_BYTES,
} from './whole-numbers.ts';

/** Numbers that have a column of their own, so that a person can ask DuckDB for them; the others are packed. */
export const PLAIN_NUMBERS: readonly TotalsNumber[] = [
  'landmark',
  'bytesMass',
  'requestsMass',
  'tokensMass',
  'prefillMass',
  'hits',
  'bytes',
  'tokens',
  'firstSeenMillis',
  'lastSeenMillis',
];

/** Where the packed numbers stand in a row, in their order. */
const PACKED_AT: readonly number[] = TOTALS_NUMBERS.flatMap((name, at) =>
  PLAIN_NUMBERS.includes(name) ? [] : [at],
);

/** Bytes of rows, each row's in whole words of eight; row `i` ends before word `ends[i]`. */
export interface PackedRows {
  readonly ends: Uint32Array;
  readonly words: BigInt64Array<ArrayBuffer>;
}

/** What is packed of rows. */
interface Unpacked {
  /** Shape `[rows, ROW_WIDTH]`. */
  readonly numbers: Float64Array;
  readonly latencies: FlatLists;
  readonly pages: FlatLists;
}

/** Two masks, and the numbers; then the head of each list. */
const MOST_BYTES_OF_NUMBERS = 2 * WORD_BYTES + 8 * PACKED_AT.length + 2 * WORD_BYTES + 8;
/** Guessed for the first allocation: of a list's item, and of all else in a row. */
const USUAL_ITEM_BYTES = 1;
const USUAL_ROW_BYTES = 24;

/**
 * A row is: a mask of the numbers that are not those of an empty row; where there are any, a mask of those that are floats, and
 * the numbers; twice the latencies, plus 1 where they are floats, and these; the pages likewise. What is no float is a whole
 * number of 7 bits a byte, mostly relative to the one before it.
 */
export function packRows({ numbers, latencies, pages }: Unpacked): PackedRows {
  const rowCount = latencies.ends.length;
  const items = latencies.items.length + pages.items.length;
  const writer = newByteWriter(USUAL_ROW_BYTES * rowCount + USUAL_ITEM_BYTES * items);
  const ends = new Uint32Array(rowCount);
  let latency = 0;
  let page = 0;
  for (let row = 0; row < rowCount; row++) {
    const ofLists = latencies.ends[row] - latency + pages.ends[row] - page;
    reserve(writer, MOST_BYTES_OF_NUMBERS + 8 * ofLists);
    putNumbers(writer, numbers, row * ROW_WIDTH);
    putPairs(writer, latencies.items, latency, latencies.ends[row]);
    putRuns(writer, pages.items, page, pages.ends[row]);
    latency = latencies.ends[row];
    page = pages.ends[row];
    while (writer.at % 8 !== 0) writer.bytes[writer.at++] = 0;
    ends[row] = writer.at / 8;
  }
  return { ends, words: new BigInt64Array(writer.bytes.buffer, 0, writer.at / 8) };
}

function putNumbers(writer: ByteWriter, numbers: Float64Array, start: number): void {
  let isThere = 0;
  let isFloat = 0;
  for (let i = 0; i < PACKED_AT.length; i++) {
    const value = numbers[start + PACKED_AT[i]];
    if (value === EMPTY_ROW[PACKED_AT[i]]) continue;
    isThere |= 1 << i;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value)) {
      isFloat |= 1 << i;
    }
  }
  putWord(writer, isThere);
  if (isThere === 0) return;
  putWord(writer, isFloat);
  for (let i = 0; i < PACKED_AT.length; i++) {
    if ((isThere & (1 << i)) === 0) continue;
    const value = numbers[start + PACKED_AT[i]];
    if ((isFloat & (1 << i)) === 0) putWhole(writer, value);
    else putFloat(writer, value);
  }
}

/** Below it in both directions, differences and their doubles are whole numbers of 32 bits. */
const SMALL = 2 ** 29;

function areSmall(items: Float64Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const value = items[at];
    if (value !== (value | 0) || value >= SMALL || value <= -SMALL) return false;
  }
  return true;
}

/** A bucket relative to the one before, doubled, plus 1 where a count other than 1 follows. */
function putPairs(writer: ByteWriter, items: Float64Array, from: number, to: number): void {
  const pairs = (to - from) / 2;
  if (!areSmall(items, from, to)) {
    putFloats(writer, pairs, items.subarray(from, to));
    return;
  }
  putWord(writer, 2 * pairs);
  let before = 0;
  for (let at = from; at < to; at += 2) {
    const count = items[at + 1];
    const code = folded(items[at] - before);
    before = items[at];
    putWord(writer, 2 * code + (count === 1 ? 0 : 1));
    if (count !== 1) putWord(writer, folded(count));
  }
}

/** Layer and first page relative to those of the run before, and by how much the last page is past the first. */
function putRuns(writer: ByteWriter, items: Float64Array, from: number, to: number): void {
  const runs = (to - from) / 3;
  if (!areSmall(items, from, to)) {
    putFloats(writer, runs, items.subarray(from, to));
    return;
  }
  putWord(writer, 2 * runs);
  let layer = 0;
  let first = 0;
  for (let at = from; at < to; at += 3) {
    putWord(writer, folded(items[at] - layer));
    putWord(writer, folded(items[at + 1] - first));
    layer = items[at];
    first = items[at + 1];
    putWord(writer, folded(items[at + 2] - first));
  }
}

function putFloats(writer: ByteWriter, count: number, items: Float64Array): void {
  putWord(writer, 2 * count + 1);
  for (const item of items) putFloat(writer, item);
}

/** Reads rows that were packed, in their order. */
export interface RowReader {
  /** Its packed numbers go to their places in `numbers`, whose row begins at `start`. */
  readonly take: (
    numbers: Float64Array,
    start: number,
    endWord: number,
  ) => { readonly latencies: readonly number[]; readonly pages: readonly number[] };
}

/** @throws TypeError, in `take`, for words that no row was packed into. */
export function readPackedRows(words: BigInt64Array): RowReader {
  const reader = newByteReader(words);
  return {
    take: (numbers, start, endWord) => {
      takeNumbers(reader, numbers, start);
      const latencies = takeList(reader, takePairs, 2);
      const pages = takeList(reader, takeRuns, 3);
      reader.at = 8 * Math.ceil(reader.at / 8);
      if (reader.at !== 8 * endWord) throw new TypeError('a row of another length than its own');
      return { latencies, pages };
    },
  };
}

function takeNumbers(reader: ByteReader, numbers: Float64Array, start: number): void {
  for (const at of PACKED_AT) numbers[start + at] = EMPTY_ROW[at];
  const isThere = takeWhole(reader);
  if (isThere === 0) return;
  const isFloat = takeWhole(reader);
  for (let i = 0; i < PACKED_AT.length; i++) {
    if ((isThere & (1 << i)) === 0) continue;
    const isWhole = (isFloat & (1 << i)) === 0;
    numbers[start + PACKED_AT[i]] = isWhole ? takeWhole(reader) : takeFloat(reader);
  }
}

const NOTHING: readonly number[] = [];

function takeList(
  reader: ByteReader,
  take: (reader: ByteReader, count: number) => readonly number[],
  width: number,
): readonly number[] {
  const head = takeWhole(reader);
  if (head === 0) return NOTHING;
  const count = Math.floor(head / 2);
  if (count > reader.bytes.length - reader.at) throw new TypeError('a list that is cut short');
  if (head % 2 === 0) return take(reader, count);
  const items: number[] = [];
  for (let i = 0; i < width * count; i++) items.push(takeFloat(reader));
  return items;
}

function takePairs(reader: ByteReader, count: number): readonly number[] {
  const pairs: number[] = [];
  let bucket = 0;
  for (let i = 0; i < count; i++) {
    const code = takeWhole(reader);
    bucket += unfolded(Math.floor(code / 2));
    pairs.push(bucket, code % 2 === 0 ? 1 : unfolded(takeWhole(reader)));
  }
  return pairs;
}

function takeRuns(reader: ByteReader, count: number): readonly number[] {
  const runs: number[] = [];
  let layer = 0;
  let first = 0;
  for (let i = 0; i < count; i++) {
    layer += unfolded(takeWhole(reader));
    first += unfolded(takeWhole(reader));
    runs.push(layer, first, first + unfolded(takeWhole(reader)));
  }
  return runs;
}
