import { type IdWords, parseIds } from './parse-ids.ts';
import {
  addRequest,
  createShardBuilder,
  finishShard,
  type ShardBuilder,
  type ShardTrace,
  type Tail,
} from './shard-columns.ts';
import { shardsError } from './shards-errors.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const FIELDS = 5;
const LARGEST_COUNT = 0xffff_ffff;

interface Reading {
  readonly builder: ShardBuilder;
  readonly ids: IdWords;
  readonly rules: { readonly blockSize: number; readonly tail: Tail };
  /** The shard's name as its rows hold it; undefined before the first. */
  shard: Buffer | undefined;
  /** Every shard so far, so that one whose rows do not lie together is noticed. */
  readonly seen: Set<string>;
  /** Where the fields of the row end. */
  readonly ends: Uint32Array;
}

/**
 * Shards, one after the other, from rows of text (see {@link ShardRow}): a shard's rows come together, in order of time,
 * rows of one time in the order in which they come. A shard's name can be any bytes but a tab and a line end; nothing is
 * unescaped. Holds one shard at a time: it is valid until the next is asked for.
 *
 * @throws WavetuneError `shards.bad-row`, `shards.out-of-order`, `shards.too-large`
 */
export async function* readShards(
  chunks: AsyncIterable<Uint8Array>,
  rules: { readonly blockSize: number; readonly tail: Tail },
): AsyncGenerator<ShardTrace, void, undefined> {
  const reading: Reading = {
    builder: createShardBuilder(),
    ids: { words: new Uint32Array(1024), length: 0 },
    rules,
    shard: undefined,
    seen: new Set(),
    ends: new Uint32Array(FIELDS),
  };
  for await (const lines of wholeLines(chunks)) {
    let begin = 0;
    while (begin < lines.length) {
      const found = lines.indexOf(LINE_FEED, begin);
      const end = found < 0 ? lines.length : found;
      const done = openRow(reading, lines, begin, end);
      if (done !== undefined) yield done;
      readRow(reading, lines, begin);
      begin = end + 1;
    }
  }
  if (reading.shard !== undefined) yield finishShard(reading.builder, rules.blockSize);
}

/** The same bytes, cut after line ends alone; each part is valid until the next. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const cut = bytes.lastIndexOf(LINE_FEED) + 1;
    if (cut > 0) {
      yield rest.length === 0
        ? bytes.subarray(0, cut)
        : Buffer.concat([...rest, bytes.subarray(0, cut)]);
      rest = [];
    }
    if (cut < bytes.length) rest.push(bytes.subarray(cut));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Finds the fields of a row; where it begins another shard, the one before it, whole. */
function openRow(
  reading: Reading,
  bytes: Buffer,
  begin: number,
  end: number,
): ShardTrace | undefined {
  const { builder, ends } = reading;
  builder.row++;
  let at = begin;
  for (let field = 0; field < FIELDS - 1; field++) {
    const tab = bytes.indexOf(TAB, at);
    if (tab < 0 || tab >= end) throw badRow(reading, `it has ${field + 1} fields`);
    ends[field] = tab;
    at = tab + 1;
  }
  ends[FIELDS - 1] = end;
  const { shard } = reading;
  if (shard?.compare(bytes, begin, ends[0]) === 0) return undefined;
  const name = bytes.toString('latin1', begin, ends[0]);
  if (reading.seen.has(name)) {
    const found = bytes.toString('utf8', begin, ends[0]);
    const reason = `shard "${found}" comes again after others`;
    throw shardsError('shards.out-of-order', { row: builder.row, reason });
  }
  reading.seen.add(name);
  reading.shard = Buffer.from(bytes.subarray(begin, ends[0]));
  return shard && finishShard(builder, reading.rules.blockSize);
}

function readRow(reading: Reading, bytes: Buffer, begin: number): void {
  const { builder, ends, ids, rules } = reading;
  if (ends[0] === begin) throw badRow(reading, 'it names no shard');
  const problem = parseIds(bytes, ends[3] + 1, ends[4], ids);
  if (problem !== undefined) throw badRow(reading, problem);
  const request = {
    timeMillis: numberAt(reading, bytes, 1),
    inputTokens: countAt(reading, bytes, 2),
    outputTokens: countAt(reading, bytes, 3),
    words: ids.words,
    length: ids.length,
  };
  addRequest(builder, request, rules);
}

function numberAt(reading: Reading, bytes: Buffer, field: number): number {
  const { ends } = reading;
  const text = bytes.toString('latin1', ends[field - 1] + 1, ends[field]);
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw badRow(reading, `"${text.slice(0, 40)}" is no number`);
}

function countAt(reading: Reading, bytes: Buffer, field: number): number {
  const value = numberAt(reading, bytes, field);
  if (Number.isInteger(value) && value >= 0 && value <= LARGEST_COUNT) return value;
  throw badRow(reading, `${value} is no whole number from 0 to ${LARGEST_COUNT}`);
}

function badRow({ builder }: Reading, reason: string) {
  return shardsError('shards.bad-row', { row: builder.row, reason });
}
