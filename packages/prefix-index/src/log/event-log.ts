import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskFailure } from './disk-failure.ts';
import { encodeFrame, FRAME_LIMIT_BYTES, recordBytes } from './frame.ts';
import { logError } from './log-errors.ts';
import {
  type LogPlace,
  listSegments,
  type ReadSegment,
  readSegments,
  syncFolder,
} from './log-folder.ts';
import { SEGMENT_HEADER_BYTES, segmentHeader, segmentName } from './segment.ts';
import { createTurns, type InTurn } from './turns.ts';
import { writeAll } from './write-all.ts';

/**
 * An append-only log of records. Whoever holds it open is its only writer: the caller sees to that with a lock.
 *
 * A write that fails changes nothing: the file is cut back to what is durable before the next one, so the log goes on
 * where the disk does.
 */
export interface EventLog {
  /**
   * Resolves when the record is durable; records become durable in the order of the calls, as many with one fsync as came
   * while the last one ran.
   *
   * @param onDurable - Called at once when it is, before anything else is written or cut.
   * @returns The sequence of the frame that holds it.
   * @throws WavetuneError `index-disk.*`: the record is not in the log; `index-log.record-too-large`, `index-log.closed`.
   */
  append(record: Uint8Array, onDurable?: () => void): Promise<number>;
  /** Of the last durable frame. */
  lastSequence(): number;
  /** Of records that wait to become durable. */
  queuedBytes(): number;
  /** Of the file that is written to; it grows until {@link EventLog.cut}. */
  sizeBytes(): number;
  /**
   * Goes on in a new file.
   *
   * @param onCut - Called with the sequence of the last frame before it, when that is durable and nothing after it is.
   */
  cut<T>(onCut: (lastSequence: number) => T): Promise<T>;
  /** Forgets frames up to `through`, whole files of them, never the one that is written to. */
  drop(through: number): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

interface Waiting {
  readonly record: Uint8Array;
  readonly onDurable: (() => void) | undefined;
  readonly resolve: (sequence: number) => void;
  readonly reject: (failure: unknown) => void;
}

interface LogState extends LogPlace {
  file: FileHandle | undefined;
  path: string;
  /** Up to here the file is durable and whole. */
  durableBytes: number;
  /** The file may hold more than that. */
  isRagged: boolean;
  lastSequence: number;
  waiting: Waiting[];
  queuedBytes: number;
  readonly inTurn: InTurn;
  isClosed: boolean;
}

/**
 * Opens the log for writing, after its last whole frame: a write that was cut short is cut away. Read it first, with
 * `readFrames`.
 *
 * @throws WavetuneError as `readSegments`, and `index-disk.*`.
 */
export async function openEventLog(place: LogPlace): Promise<EventLog> {
  const log: LogState = {
    ...place,
    file: undefined,
    path: '',
    durableBytes: 0,
    isRagged: false,
    lastSequence: place.after,
    waiting: [],
    queuedBytes: 0,
    inTurn: createTurns(),
    isClosed: false,
  };
  await findEnd(log);
  return {
    append: (record, onDurable) => append(log, record, onDurable),
    lastSequence: () => log.lastSequence,
    queuedBytes: () => log.queuedBytes,
    sizeBytes: () => log.durableBytes,
    cut: (onCut) => log.inTurn(() => cut(log, onCut)),
    drop: (through) => log.inTurn(() => drop(log, through)),
    close: () => close(log),
  };
}

/** Goes on in the last segment where there is one; the file is made with the first record. */
async function findEnd(log: LogState): Promise<void> {
  let end: ReadSegment | undefined;
  for await (const segment of readSegments(log)) {
    end = segment;
    log.lastSequence = segment.frames.at(-1)?.sequence ?? log.lastSequence;
  }
  if (end?.nextSequence !== log.lastSequence + 1) return;
  log.path = end.path;
  log.durableBytes = end.endBytes;
  log.isRagged = end.sizeBytes > end.endBytes;
}

function append(
  log: LogState,
  record: Uint8Array,
  onDurable: (() => void) | undefined,
): Promise<number> {
  if (log.isClosed) return Promise.reject(logError('index-log.closed', {}));
  const sizeBytes = recordBytes(record);
  if (sizeBytes > FRAME_LIMIT_BYTES) {
    const details = { sizeBytes: record.length, limitBytes: FRAME_LIMIT_BYTES };
    return Promise.reject(logError('index-log.record-too-large', details));
  }
  return new Promise((resolve, reject) => {
    log.waiting.push({ record, onDurable, resolve, reject });
    log.queuedBytes += sizeBytes;
    if (log.waiting.length === 1) log.inTurn(() => writeWaiting(log));
  });
}

/** Writes what waits, as much as a frame takes; what is handed in meanwhile comes with the next. */
async function writeWaiting(log: LogState): Promise<void> {
  const group = takeGroup(log);
  if (log.waiting.length > 0) log.inTurn(() => writeWaiting(log));
  const sequence = log.lastSequence + 1;
  const records = group.map(({ record }) => record);
  const failure = await failureOf(writeDurably(log, encodeFrame({ sequence, records })));
  for (const record of records) log.queuedBytes -= recordBytes(record);
  if (failure !== undefined) {
    const refusal = toDiskFailure(log.path, failure.reason);
    for (const { reject } of group) reject(refusal);
    return;
  }
  log.lastSequence = sequence;
  for (const { onDurable } of group) onDurable?.();
  for (const { resolve } of group) resolve(sequence);
}

async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly reason: unknown } | undefined> {
  try {
    await work;
    return undefined;
  } catch (reason) {
    return { reason };
  }
}

function takeGroup(log: LogState): readonly Waiting[] {
  let bodyBytes = 0;
  let count = 0;
  for (const { record } of log.waiting) {
    bodyBytes += recordBytes(record);
    if (count > 0 && bodyBytes > FRAME_LIMIT_BYTES) break;
    count++;
  }
  return log.waiting.splice(0, count);
}

/** The bytes are durable when it resolves; when it throws, the next write cuts away what they left. */
async function writeDurably(log: LogState, bytes: Uint8Array): Promise<void> {
  const file = await readyFile(log);
  log.isRagged = true;
  try {
    await writeAll(file, bytes, log.durableBytes);
    await file.datasync();
  } catch (failure) {
    await giveUpFile(log);
    throw failure;
  }
  log.durableBytes += bytes.length;
  log.isRagged = false;
}

/** The file, open and as long as it is durable. */
async function readyFile(log: LogState): Promise<FileHandle> {
  if (log.file !== undefined) return log.file;
  if (log.durableBytes < SEGMENT_HEADER_BYTES) return beginFile(log);
  const file = await open(log.path, 'r+');
  try {
    if (log.isRagged) {
      await file.truncate(log.durableBytes);
      await file.sync();
      log.isRagged = false;
    }
  } catch (failure) {
    await file.close();
    throw failure;
  }
  log.file = file;
  return file;
}

async function beginFile(log: LogState): Promise<FileHandle> {
  await mkdir(log.folder, { recursive: true });
  if (log.path === '') log.path = join(log.folder, segmentName(log.lastSequence + 1));
  const file = await open(log.path, 'w');
  try {
    const header = segmentHeader(log.storeId);
    await writeAll(file, header, 0);
    await file.sync();
    await syncFolder(log.folder);
    log.durableBytes = header.length;
  } catch (failure) {
    await file.close();
    throw failure;
  }
  log.isRagged = false;
  log.file = file;
  return file;
}

/** After a failed fsync the kernel may call lost pages clean, so the file is opened and cut anew before it is used. */
async function giveUpFile(log: LogState): Promise<void> {
  const { file } = log;
  log.file = undefined;
  if (file === undefined) return;
  await file.truncate(log.durableBytes).catch(() => undefined);
  await file.close().catch(() => undefined);
}

async function cut<T>(log: LogState, onCut: (lastSequence: number) => T): Promise<T> {
  if (log.isRagged) await readyFile(log);
  if (log.durableBytes > SEGMENT_HEADER_BYTES) {
    await log.file?.close();
    log.file = undefined;
    log.path = '';
    log.durableBytes = 0;
  }
  return onCut(log.lastSequence);
}

async function drop(log: LogState, through: number): Promise<void> {
  const files = await listSegments(log.folder);
  for (const [i, { path }] of files.entries()) {
    const last = (files[i + 1]?.firstSequence ?? log.lastSequence + 1) - 1;
    if (last <= through && path !== log.path) await rm(path, { force: true });
  }
}

async function close(log: LogState): Promise<void> {
  log.isClosed = true;
  await log.inTurn(async () => {
    await log.file?.close();
    log.file = undefined;
  });
}
