import { type ClonedFailure, decodeFailure, encodeFailure } from '@wavetune/core';
import type { LiveOptions } from '../live/live-index.ts';
import type { ServeOptions } from './serve-live.ts';
import type { NumberedChange, ServedIndex, SuggestAnswer } from './served-index.ts';

/** A live index, and what is served of it. The thread has the system's clock. */
export interface IndexThreadOptions
  extends Omit<LiveOptions, 'clock'>,
    Omit<ServeOptions, 'clock'> {}

/** What the thread of an index is asked: to open it first. */
export interface IndexCalls extends Omit<ServedIndex, 'watch' | 'ended'> {
  readonly open: (options: Omit<IndexThreadOptions, 'onFailure'>) => Promise<void>;
}

/** What the thread tells without being asked. */
export interface IndexNews {
  readonly changed: (change: NumberedChange) => void;
  /** Where nobody waits for it. */
  readonly failed: (failure: ClonedFailure) => void;
}

/** A message of birpc: `e` is what a call failed with, `r` what it gave. */
interface RpcMessage {
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
 * Buffers of an answer that can go with it and need not be copied. A thread that gives them away has nothing to collect, which
 * would take it as long as making answers.
 */
export function buffersToMove({ r }: RpcMessage): ArrayBuffer[] {
  const bytes = isSuggestAnswer(r) ? r.text : r;
  if (!(bytes instanceof Uint8Array)) return [];
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function isSuggestAnswer(result: unknown): result is SuggestAnswer {
  return typeof result === 'object' && result !== null && 'text' in result;
}
