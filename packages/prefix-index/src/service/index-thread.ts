import { Worker } from 'node:worker_threads';
import { decodeFailure } from '@wavetune/core';
import { createBirpc } from 'birpc';
import type { NumberedChange, ServedIndex } from './served-index.ts';
import { serviceError } from './service-errors.ts';
import { createTextRooms } from './text-rooms.ts';
import {
  buffersToMove,
  CALL_CODEC,
  type IndexCallsInRooms,
  type IndexNews,
  type IndexThreadOptions,
  intoRoom,
} from './thread-calls.ts';

/**
 * Opens a live index in a thread of its own: whoever asks waits for no batch, only for what it asks.
 *
 * @throws WavetuneError as `openLiveIndex`.
 */
export async function openIndexThread(options: IndexThreadOptions): Promise<ServedIndex> {
  const { onFailure, ...told } = options;
  const worker = new Worker(new URL('./index-thread-worker.ts', import.meta.url));
  const listeners = new Set<(change: NumberedChange) => void>();
  const news: IndexNews = {
    changed: (change) => {
      for (const listener of listeners) listener(change);
    },
    failed: (failure) => onFailure?.(decodeFailure(failure)),
  };
  const rooms = createTextRooms();
  const calls = createBirpc<IndexCallsInRooms, IndexNews>(news, {
    post: (message) => worker.postMessage(message, buffersToMove(message)),
    on: (listen) => worker.on('message', listen),
    off: (listen) => worker.off('message', listen),
    timeout: -1,
    serialize: CALL_CODEC.serialize,
    deserialize: (message) => intoRoom(CALL_CODEC.deserialize(message), rooms),
  });
  const ended = endOf(worker).then((cause) => {
    const lost = serviceError('service.index-lost', {}, { cause });
    calls.$close(lost);
    return lost;
  });
  try {
    await calls.open(told);
  } catch (failure) {
    await worker.terminate();
    throw failure;
  }
  return {
    ingest: calls.ingest,
    feedback: calls.feedback,
    suggest: calls.suggest,
    explain: calls.explain,
    list: calls.list,
    snapshot: calls.snapshot,
    stats: calls.stats,
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ended,
    close: async () => {
      try {
        if (!calls.$closed) await calls.close();
      } finally {
        await worker.terminate();
      }
    },
  };
}

/** Resolves with what ended the thread. */
function endOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => {
    worker.once('error', resolve);
    worker.once('exit', (status) => resolve(new Error(`the thread ended with status ${status}`)));
  });
}
