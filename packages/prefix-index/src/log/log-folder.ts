import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Frame, follows } from './frame.ts';
import { logError } from './log-errors.ts';
import { firstSequenceOf, readSegment, type SegmentContent } from './segment.ts';

/** A segment as it lies in its folder. */
export interface SegmentFile {
  readonly path: string;
  readonly firstSequence: number;
}

/** Where a log is and which store it belongs to. */
export interface LogPlace {
  readonly folder: string;
  /** 16 hexadecimal digits. */
  readonly storeId: string;
  /** Frames up to this one are in the store already. */
  readonly after: number;
}

/** The segments, oldest first; none where there is no folder. */
export async function listSegments(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files: SegmentFile[] = [];
  for (const name of names.sort()) {
    const firstSequence = firstSequenceOf(name);
    if (firstSequence !== undefined) files.push({ path: join(folder, name), firstSequence });
  }
  return files;
}

/** A segment that was read. */
export interface ReadSegment extends SegmentFile, SegmentContent {
  readonly sizeBytes: number;
  /** The frame that may follow its last. */
  readonly nextSequence: number;
}

/**
 * The segments, oldest first, each with the frames that the store lacks. A segment is held at a time.
 *
 * @throws WavetuneError `index-log.damaged`, `index-log.gap` where frames between the store and the log are missing,
 * `index-log.foreign`.
 */
export async function* readSegments(place: LogPlace): AsyncGenerator<ReadSegment> {
  const { folder, storeId, after } = place;
  const files = await listSegments(folder);
  let last = after;
  for (const [i, file] of files.entries()) {
    const bytes = await readFile(file.path);
    const content = readSegment({ path: file.path, bytes }, storeId);
    if (i + 1 < files.length && content.endBytes < bytes.length) {
      const reason = 'a later file follows what ends inside a record';
      throw logError('index-log.damaged', {
        path: file.path,
        offsetBytes: content.endBytes,
        reason,
      });
    }
    const frames = content.frames.filter(({ sequence }) => sequence > after);
    if (frames.length > 0 && !follows(frames[0], last)) {
      throw logError('index-log.gap', { folder, first: frames[0].sequence, after: last });
    }
    last = frames.at(-1)?.sequence ?? last;
    const nextSequence = (content.frames.at(-1)?.sequence ?? file.firstSequence - 1) + 1;
    yield { ...file, ...content, frames, sizeBytes: bytes.length, nextSequence };
  }
}

/** The frames that the store does not hold yet; refuses as {@link readSegments}. Changes nothing. */
export async function* readFrames(place: LogPlace): AsyncGenerator<Frame> {
  for await (const { frames } of readSegments(place)) yield* frames;
}

/** Makes names in the folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
