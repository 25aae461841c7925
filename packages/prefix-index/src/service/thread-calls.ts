import { type ClonedFailure, decodeFailure, encodeFailure } from '@wavetune/core';
import type { LiveOptions } from '../live/live-index.ts';
import type { ServeOptions } from './serve-live.ts';
import type { BareIndex, NumberedChange, SuggestAnswer } from './served-index.ts';
import type { HeldText, TextRooms } from './text-rooms.ts';

/** A live index, and what is served of it. The thread has the system's clock. */
export interface IndexThreadOptions
  extends Omit<LiveOptions, 'clock'>,
    Omit<ServeOptions, 'clock'> {}

/** What the thread of an index is asked: to open it first. */
export interface IndexCalls extends Omit<BareIndex, 'watch' | 'ended'> {
  readonly open: (options: Omit<IndexThreadOptions, 'onFailure'>) => Promise<void>;
}

/** What the thread tells without being asked. */
export interface IndexNews {
  readonly changed: (change: NumberedChange) => void;
  /** Where nobody waits for it. */
  readonly failed: (failure: ClonedFailure) => void;
}

/** A message of birpc: `a` is what a call is given, `r` what it gave, `e` what it failed with. */
interface RpcMessage {
  readonly a?: readonly unknown[];
  readonly e?: unknown;
  readonly r?: unknown;
}

/** Failures keep their codes and details on their way between threads. */
export const CALL_CODEC = {
  serialize: (message: RpcMessage): RpcMessage =>
    message.e === undefined ? message : { ...message, e: encodeFailure(message.e) },
  deserialize: (message: RpcMessage): RpcMessage =>
    message.e === undefined
      ? message
      : { ...message, e: decodeFailure(message.e as ClonedFailure) },
};

/**
 * Buffers of a message that can go with it and need not be copied. A thread that gives them away has nothing to collect, which
 * would take it as long as making answers.
 */
export function buffersToMove({ a = [], r }: RpcMessage): ArrayBuffer[] {
  return [...a, r, textOf(r)].flatMap((value) => {
    if (!(value instanceof Uint8Array)) return [];
    const { buffer, byteLength } = value;
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
}

function textOf(result: unknown): unknown {
  return isSuggestAnswer(result) ? result.text : undefined;
}

/**
 * Puts an answer's text into a room as soon as its message is here. What waits for a message hangs on tables that outlive young
 * collections, and whatever it was given does so with it.
 */
export function intoRoom<Message extends RpcMessage>(message: Message, rooms: TextRooms): Message {
  const { r } = message;
  return isSuggestAnswer(r) ? { ...message, r: { ...r, text: rooms.put(r.text) } } : message;
}

/** What {@link intoRoom} makes of the answers to these calls. */
export type IndexCallsInRooms = Omit<IndexCalls, 'suggest'> & {
  readonly suggest: (
    ...asked: Parameters<IndexCalls['suggest']>
  ) => Promise<SuggestAnswer<HeldText>>;
};

function isSuggestAnswer(result: unknown): result is SuggestAnswer<Uint8Array> {
  return typeof result === 'object' && result !== null && 'asOfChange' in result;
}
