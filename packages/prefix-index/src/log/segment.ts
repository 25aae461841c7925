import { decodeFrame, FRAME_MAGIC, type Frame, follows } from './frame.ts';
import { logError } from './log-errors.ts';

/**
 * A file of the log: `wavetune-log/1 `, the store's id of 16 characters, a line end, then frames without a gap in their
 * sequence. It is called after the sequence of its first frame, so that names sort as frames do.
 */
export interface Segment {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What a segment holds. */
export interface SegmentContent {
  readonly frames: readonly Frame[];
  /** Where the last whole frame ends; what follows is a write that was cut short. */
  readonly endBytes: number;
}

const NAME = /^(\d{16})\.wtlog$/;
const SEGMENT_MAGIC = 'wavetune-log/1 ';
export const SEGMENT_HEADER_BYTES = SEGMENT_MAGIC.length + 17;

export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.wtlog`;
}

/** The sequence of the first frame, or undefined where the name is no segment's. */
export function firstSequenceOf(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function segmentHeader(storeId: string): Buffer {
  return Buffer.from(`${SEGMENT_MAGIC}${storeId}\n`, 'latin1');
}

/**
 * The frames of a segment, views of its bytes.
 *
 * @returns No frames and an end of 0 where even the header was cut short.
 * @throws WavetuneError `index-log.damaged` where a whole frame stands behind a bad one, `index-log.foreign` for another
 * store's.
 */
export function readSegment({ path, bytes }: Segment, storeId: string): SegmentContent {
  if (bytes.length < SEGMENT_HEADER_BYTES) return { frames: [], endBytes: 0 };
  checkHeader(path, bytes, storeId);
  const frames: Frame[] = [];
  let endBytes = SEGMENT_HEADER_BYTES;
  while (endBytes < bytes.length) {
    const placed = decodeFrame(bytes, endBytes);
    if (typeof placed === 'string' && nextFrame(bytes, endBytes + 1) === undefined) break;
    const fault = typeof placed === 'string' ? placed : orderFault(placed.frame, frames.at(-1));
    if (typeof placed === 'string' || fault !== undefined) {
      throw logError('index-log.damaged', { path, offsetBytes: endBytes, reason: String(fault) });
    }
    frames.push(placed.frame);
    endBytes = placed.endBytes;
  }
  return { frames, endBytes };
}

function orderFault(frame: Frame, last: Frame | undefined): string | undefined {
  if (last === undefined || follows(frame, last.sequence)) return undefined;
  return `record ${frame.sequence} follows ${last.sequence}`;
}

/** Every whole frame, whatever stands between them. */
export function* wholeFrames(bytes: Buffer): Generator<Frame> {
  for (let from = 0; ; ) {
    const at = nextFrame(bytes, from);
    if (at === undefined) return;
    const placed = decodeFrame(bytes, at);
    if (typeof placed === 'string') return;
    yield placed.frame;
    from = placed.endBytes;
  }
}

/** Where the first whole frame at or after `from` begins. */
function nextFrame(bytes: Buffer, from: number): number | undefined {
  for (
    let at = bytes.indexOf(FRAME_MAGIC, from);
    at >= 0;
    at = bytes.indexOf(FRAME_MAGIC, at + 1)
  ) {
    if (typeof decodeFrame(bytes, at) !== 'string') return at;
  }
  return undefined;
}

function checkHeader(path: string, bytes: Buffer, storeId: string): void {
  const header = bytes.toString('latin1', 0, SEGMENT_HEADER_BYTES);
  if (!header.startsWith(SEGMENT_MAGIC) || !header.endsWith('\n')) {
    throw logError('index-log.damaged', {
      path,
      offsetBytes: 0,
      reason: 'its header is not a log’s',
    });
  }
  const found = header.slice(SEGMENT_MAGIC.length, -1);
  if (found !== storeId) throw logError('index-log.foreign', { path, found, accepted: storeId });
}
