import { type ClonedFailure, decodeFailure, encodeFailure } from '@wavetune/core';
import type { IndexThreadOptions } from './index-thread.ts';
import type { NumberedChange, ServedIndex } from './served-index.ts';

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

/** A message of birpc: `e` is what a call failed with. */
interface RpcMessage {
  readonly e?: unknown;
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
