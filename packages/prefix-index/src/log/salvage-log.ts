import { link, readFile } from 'node:fs/promises';
import { isWavetuneError, publishFile } from '@wavetune/core';
import { encodeFrame, type Frame, follows } from './frame.ts';
import { type LogPlace, listSegments } from './log-folder.ts';
import { readSegment, segmentHeader, wholeFrames } from './segment.ts';

/** What a salvage kept and gave up. */
export interface Salvage {
  /** Frames that are whole. */
  readonly keptFrames: number;
  /** Frames that are missing between them. */
  readonly lostFrames: number;
  /** Copies of the files as they were. */
  readonly setAside: readonly string[];
}

/**
 * Makes a damaged log readable: every whole frame stays, and a frame without records stands for those that are lost. A
 * file that changes is kept beside as `….damaged`. Each file is replaced atomically, and doing it again changes nothing.
 */
export async function salvageLog(place: LogPlace): Promise<Salvage> {
  const { folder, storeId } = place;
  let last = place.after;
  let keptFrames = 0;
  let lostFrames = 0;
  const setAside: string[] = [];
  const files = await listSegments(folder);
  for (const [i, { path }] of files.entries()) {
    const bytes = await readFile(path);
    const frames: Frame[] = [];
    for (const frame of wholeFrames(bytes)) {
      if (frame.sequence <= last && frame.sequence > place.after) continue;
      if (frame.sequence > place.after && !follows(frame, last)) {
        frames.push({ sequence: frame.sequence - 1, records: [] });
        lostFrames += frame.sequence - 1 - last;
      }
      frames.push(frame);
      keptFrames++;
      last = Math.max(last, frame.sequence);
    }
    if (isSound(path, bytes, { storeId, frames, isLast: i + 1 === files.length })) continue;
    setAside.push(await putAside(path));
    await publishFile(path, segmentParts(storeId, frames));
  }
  return { keptFrames, lostFrames, setAside };
}

/** True where the segment reads as exactly those frames. */
function isSound(
  path: string,
  bytes: Buffer,
  expected: {
    readonly storeId: string;
    readonly frames: readonly Frame[];
    readonly isLast: boolean;
  },
): boolean {
  try {
    const { frames, endBytes } = readSegment({ path, bytes }, expected.storeId);
    const isWhole = endBytes === bytes.length || expected.isLast;
    return isWhole && frames.length === expected.frames.length;
  } catch (error) {
    if (isWavetuneError(error, 'index-log.damaged')) return false;
    throw error;
  }
}

async function putAside(path: string): Promise<string> {
  for (let i = 1; ; i++) {
    const aside = `${path}.${i}.damaged`;
    const isDone = await link(path, aside).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (isDone) return aside;
  }
}

function* segmentParts(storeId: string, frames: readonly Frame[]): Generator<Uint8Array> {
  yield segmentHeader(storeId);
  for (const frame of frames) yield encodeFrame(frame);
}
