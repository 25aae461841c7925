import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FilePlace } from '@wavetune/sql';
import { engineError } from './engine-errors.ts';
import { checkInterrupted, type Run } from './session.ts';
import { type Compression, openRawFile, textBytes } from './text-bytes.ts';

/** What the reader of a text source relies on. */
export interface TextNeeds {
  /** Lines end in LF alone. */
  readonly lines: boolean;
  /** The reader decompresses by the file's name; else the file has to be plain. */
  readonly decompresses: boolean;
}

export interface TextJob {
  /** As the plan names it, for messages. */
  readonly file: string;
  readonly path: string;
  /** Where a clean copy goes, if one is needed. */
  readonly copyPath: string;
  readonly needs: TextNeeds;
  readonly run: Run;
}

/** What DuckDB takes a file for, by its name. */
const SUFFIXES: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd' };

/** Chosen: above every log line of the field, below what two threads' buffers may take. */
const MAX_LINE_BYTES = 2 ** 26;

const CR = 0x0d;
const LF = 0x0a;
/** U+10FFFF, which stands for "no delimiter" when lines are read. */
const NOT_IN_TEXT = Buffer.from('\u{10ffff}');
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Finds out whether DuckDB reads this text file exactly as it is, and writes a clean copy to `copyPath` where it does not:
 * UTF-8 without a byte order mark, and LF line ends if `lines` need them.
 *
 * Cost: one pass over the bytes at about the speed of the disk, a second one where a copy is made.
 *
 * @throws WavetuneError `engine.cannot-read`, `engine.line-too-long`
 */
export async function settleText(job: TextJob): Promise<FilePlace> {
  const { path, copyPath, needs } = job;
  const { compression } = await openRawFile(path);
  const suffix = SUFFIXES[extname(path)] ?? 'none';
  if (suffix === compression && (compression === 'none' || needs.decompresses)) {
    const meter = createLineMeter(job);
    if (await isClean(job, meter)) return { path, longestLineBytes: meter.longestBytes() };
  }
  const meter = createLineMeter(job);
  await copyClean(job, meter);
  return { path: copyPath, longestLineBytes: meter.longestBytes() };
}

async function isClean({ file, path, needs, run }: TextJob, meter: LineMeter): Promise<boolean> {
  let carry = Buffer.alloc(0);
  let isFirst = true;
  for await (const part of textBytes(path, file)) {
    checkInterrupted(run);
    const bytes = carry.length > 0 ? Buffer.concat([carry, part]) : part;
    if (isFirst && bytes.indexOf(BYTE_ORDER_MARK) === 0) return false;
    isFirst = false;
    const whole = bytes.length - cutCharacterBytes(bytes);
    const head = bytes.subarray(0, whole);
    if (!isUtf8(head) || head.includes(NOT_IN_TEXT)) return false;
    if (needs.lines && head.includes(CR)) return false;
    meter.add(head);
    carry = Buffer.from(bytes.subarray(whole));
  }
  return carry.length === 0;
}

async function copyClean({ file, path, copyPath, needs, run }: TextJob, meter: LineMeter) {
  await using copy = await open(copyPath, 'w');
  const decoder = new TextDecoder();
  let held = '';
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(cleaned(text, needs));
    meter.add(bytes);
    await copy.appendFile(bytes);
  };
  for await (const part of textBytes(path, file)) {
    checkInterrupted(run);
    const text = held + decoder.decode(part, { stream: true });
    held = text.endsWith('\r') ? '\r' : '';
    await write(held === '' ? text : text.slice(0, -1));
  }
  await write(held + decoder.decode());
}

function cleaned(text: string, needs: TextNeeds): string {
  const valid = text.replaceAll('\u{10ffff}', '\ufffd');
  if (!needs.lines || !valid.includes('\r')) return valid;
  return valid.replaceAll('\r\n', '\n').replaceAll('\r', ' ');
}

/** Bytes at the end that begin a UTF-8 character and do not finish it. */
function cutCharacterBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** Measures lines as their bytes go by. */
interface LineMeter {
  add(bytes: Buffer): void;
  longestBytes(): number;
}

function createLineMeter({ file, needs }: TextJob): LineMeter {
  let line = 1;
  let lengthBytes = 0;
  let longest = 0;
  const extend = (bytes: number): void => {
    lengthBytes += bytes;
    longest = Math.max(longest, lengthBytes);
    if (longest > MAX_LINE_BYTES) {
      throw engineError('engine.line-too-long', { path: file, line, limitBytes: MAX_LINE_BYTES });
    }
  };
  const add = (bytes: Buffer): void => {
    let from = 0;
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, from)) {
      extend(at - from);
      from = at + 1;
      lengthBytes = 0;
      line++;
    }
    extend(bytes.length - from);
  };
  return { add: needs.lines ? add : () => undefined, longestBytes: () => longest };
}
