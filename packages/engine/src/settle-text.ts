import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FilePlace } from '@wavetune/sql';
import { createRecordMeter, type RecordMeter } from './record-meter.ts';
import { checkInterrupted, type Run } from './session.ts';
import { type Compression, openRawFile, textBytes } from './text-bytes.ts';

/** What the reader of a text source relies on. */
export interface TextNeeds {
  /** Records are lines, which then end in LF alone; those of a CSV, which may hold line ends in quotes; or unknown here. */
  readonly records: 'lines' | 'csv' | 'none';
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

const CR = 0x0d;
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
    const meter = createRecordMeter(job.file, needs.records);
    if (await isClean(job, meter)) return { path, ...meter.found() };
  }
  const meter = createRecordMeter(job.file, needs.records);
  await copyClean(job, meter);
  return { path: copyPath, ...meter.found() };
}

async function isClean({ file, path, needs, run }: TextJob, meter: RecordMeter): Promise<boolean> {
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
    if (needs.records === 'lines' && head.includes(CR)) return false;
    meter.add(head);
    carry = Buffer.from(bytes.subarray(whole));
  }
  return carry.length === 0;
}

/** DuckDB's CSV reader drops a mark at the beginning: where the text itself begins with one, the copy has one more. */
async function copyClean({ file, path, copyPath, needs, run }: TextJob, meter: RecordMeter) {
  await using copy = await open(copyPath, 'w');
  const decoder = new TextDecoder();
  let held = '';
  let isFirst = true;
  const write = async (text: string): Promise<void> => {
    if (text === '') return;
    const mark = isFirst && needs.records !== 'none' && text.startsWith('\ufeff') ? '\ufeff' : '';
    isFirst = false;
    const bytes = Buffer.from(mark + cleaned(text, needs));
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
  if (needs.records !== 'lines' || !valid.includes('\r')) return valid;
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
