import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { decodeMultiStream } from '@msgpack/msgpack';
import { type FileHead, readFileHead } from '../file-head.ts';
import { readJsonKeys } from '../json-keys.ts';
import { decodeKvBatch } from './decode-kv-batch.ts';
import type { KvBatch } from './kv-event.ts';

/** A record of a recording: a batch, or why it is none. Records are counted from 1, lines where it is text. */
export type KvRecord =
  | { readonly record: number; readonly batch: KvBatch }
  | { readonly record: number; readonly reason: string };

const HEAD_BYTES = 2 ** 16;

/**
 * The batches of a recording, msgpack one after another or JSON a line, plain, .gz or .zst. A line that is no batch is
 * said so; past a fault in msgpack nothing can be read, so that it ends there.
 *
 * @throws WavetuneError `trace.no-file`, `trace.not-a-file`, `trace.cannot-read`, `trace.empty-file`,
 * `trace.damaged-file`.
 */
export async function* readKvBatches(path: string): AsyncGenerator<KvRecord, void> {
  const head = await readFileHead(path, HEAD_BYTES);
  const bytes = unpacked(path, head);
  let record = 0;
  try {
    for await (const found of isMsgpack(head) ? msgpackRecords(bytes) : jsonRecords(bytes)) {
      record++;
      if (found === BLANK) continue;
      const batch = typeof found === 'string' ? found : decodeKvBatch(found);
      yield typeof batch === 'string' ? { record, reason: batch } : { record, batch };
    }
  } catch (error) {
    yield { record: record + 1, reason: `the recording breaks off: ${(error as Error).message}` };
  } finally {
    bytes.destroy();
  }
}

/** By content: a msgpack list or map, or JSON whose first record is a list that begins with a number or a map with `ts`. */
export async function looksLikeKvEvents(path: string): Promise<boolean> {
  const head = await readFileHead(path, HEAD_BYTES);
  if (isMsgpack(head)) return true;
  const text = head.bytes.toString('utf8');
  if (/^\s*\[\s*-?\d/.test(text)) return true;
  const names = new Set(readJsonKeys(text)?.keys.map(({ name }) => name));
  return names.has('ts') && names.has('events');
}

/** Bytes that begin a small list or map there never begin UTF-8 text. */
function isMsgpack({ bytes }: FileHead): boolean {
  return bytes[0] > 0x80 && bytes[0] < 0xa0;
}

function unpacked(path: string, { packing }: FileHead): Readable {
  const raw = createReadStream(path);
  if (packing === 'plain') return raw;
  const unpack = packing === 'gzip' ? createGunzip() : createZstdDecompress();
  raw.on('error', (error) => unpack.destroy(error));
  return raw.pipe(unpack);
}

/** The decoder is silent about a torn end, so a nil is put behind the bytes: where it does not come back, the end is torn. */
async function* msgpackRecords(bytes: Readable): AsyncGenerator<unknown, void> {
  let isWhole = false;
  for await (const found of decodeMultiStream<undefined>(withNil(bytes), { useBigInt64: true })) {
    isWhole = found === null;
    if (!isWhole) yield found;
  }
  if (!isWhole) yield 'the recording breaks off inside a batch';
}

async function* withNil(bytes: Readable): AsyncGenerator<Uint8Array, void> {
  yield* bytes as AsyncIterable<Uint8Array>;
  yield new Uint8Array([0xc0]);
}

const BLANK = Symbol('blank line');

/** Values of JSON lines; a text is the reason why one is none. */
async function* jsonRecords(bytes: Readable): AsyncGenerator<unknown, void> {
  const failed = new Promise<never>((_, reject) => bytes.once('error', reject));
  failed.catch(() => undefined);
  for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield line.trim() === '' ? BLANK : parseLine(line);
  }
  if (bytes.errored !== null) await failed;
}

function parseLine(line: string): unknown {
  try {
    const found = JSON.parse(
      line,
      exactNumber as (key: string, value: unknown) => unknown,
    ) as unknown;
    return typeof found === 'string' ? 'a batch is neither a list nor a map' : found;
  } catch {
    return 'not JSON';
  }
}

/** Hashes are u64: what a double would round is read from its text. */
function exactNumber(
  _key: string,
  value: unknown,
  { source = '' }: { readonly source?: string },
): unknown {
  const isRounded =
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  return isRounded ? BigInt(source) : value;
}
