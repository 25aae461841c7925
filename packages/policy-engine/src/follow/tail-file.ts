import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { followError } from './follow-errors.ts';

const CHUNK_BYTES = 2 ** 18;
const POLL_MILLIS = 100;
/** What has no end within so much is no line of events. */
const LONGEST_LINE = 2 ** 20;

/** Whole lines of a stream; the last one also where it has no end. */
export async function* readLines(
  input: Readable,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  if (signal.aborted) return;
  const split = createSplitter();
  const stop = (): void => void input.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of input) yield split(Buffer.from(chunk));
    yield split(Buffer.from('\n'));
  } catch (failure) {
    if (!signal.aborted) throw failure;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Whole lines of a file, and those that are appended later. A file that was cut short is read from its start again.
 *
 * @throws WavetuneError `follow.cannot-read`
 */
export async function* tailFile(
  path: string,
  { fromStart, signal }: { readonly fromStart: boolean; readonly signal: AbortSignal },
): AsyncGenerator<readonly string[]> {
  const file = await open(path).catch((cause) => {
    throw followError('follow.cannot-read', { path, reason: cause.message }, { cause });
  });
  try {
    yield* tail(file, fromStart ? 0 : (await file.stat()).size, signal);
  } finally {
    await file.close();
  }
}

async function* tail(file: FileHandle, from: number, signal: AbortSignal) {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let split = createSplitter();
  let position = from;
  while (!signal.aborted) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    position += bytesRead;
    if (bytesRead > 0) {
      yield split(chunk.subarray(0, bytesRead));
      continue;
    }
    if ((await file.stat()).size < position) {
      position = 0;
      split = createSplitter();
    }
    await sleep(POLL_MILLIS, undefined, { signal }).catch(() => undefined);
  }
}

/** Gives the lines that a chunk ends; what it leaves open is kept for the next. */
function createSplitter(): (chunk: Buffer) => readonly string[] {
  let open: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = Buffer.concat([open, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    open = Buffer.from(bytes.subarray(end));
    const lines = end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
    if (open.length <= LONGEST_LINE) return lines;
    open = Buffer.alloc(0);
    return [...lines, 'a line without end'];
  };
}
