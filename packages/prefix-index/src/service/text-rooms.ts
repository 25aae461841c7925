/**
 * Answers in memory that is used again. Buffers that come and go by the hundred a second are freed by collections of the whole
 * heap, which a thread that answers has no time for.
 */
export interface TextRooms {
  /** Copies an answer into a room; who puts it holds it. */
  readonly put: (text: Uint8Array) => HeldText;
}

/** An answer that stays as it is for as long as somebody holds it. */
export interface HeldText {
  readonly bytes: Buffer;
  /** What it takes, bytes. */
  readonly roomBytes: number;
  readonly hold: (times: number) => void;
  /** Once for each hold. A hold that is never let go of costs nothing but this room's second use. */
  readonly letGo: () => void;
}

/** Smaller ones are cheap, larger ones are rare: they get memory of their own. */
const LEAST_BYTES = 2 ** 12;
const MOST_BYTES = 2 ** 20;
/** Chosen: what stands empty. */
const MOST_EMPTY_BYTES = 8 * 2 ** 20;

/** Rooms are of powers of two. */
export function createTextRooms(): TextRooms {
  const emptyBySize = new Map<number, Buffer[]>();
  let emptyBytes = 0;
  const take = (sizeBytes: number): Buffer => {
    const room = emptyBySize.get(sizeBytes)?.pop();
    if (room === undefined) return Buffer.allocUnsafeSlow(sizeBytes);
    emptyBytes -= sizeBytes;
    return room;
  };
  const giveBack = (room: Buffer): void => {
    if (emptyBytes + room.length > MOST_EMPTY_BYTES) return;
    const empty = emptyBySize.get(room.length);
    if (empty === undefined) emptyBySize.set(room.length, [room]);
    else empty.push(room);
    emptyBytes += room.length;
  };
  return {
    put: (text) => {
      const { length } = text;
      if (length < LEAST_BYTES || length > MOST_BYTES) return ownedText(text);
      const room = take(2 ** Math.ceil(Math.log2(length)));
      room.set(text);
      return heldText(room.subarray(0, length), room.length, () => giveBack(room));
    },
  };
}

/** A view of a larger buffer would keep all of that. */
function ownedText(text: Uint8Array): HeldText {
  const isView = text.byteLength < text.buffer.byteLength;
  const { buffer, byteLength } = isView ? new Uint8Array(text) : text;
  return heldText(Buffer.from(buffer, 0, byteLength), byteLength, () => undefined);
}

function heldText(bytes: Buffer, roomBytes: number, onFree: () => void): HeldText {
  let holders = 1;
  return {
    bytes,
    roomBytes,
    hold: (times) => {
      holders += times;
    },
    letGo: () => {
      holders--;
      if (holders === 0) onFree();
    },
  };
}
