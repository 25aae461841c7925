import { parentPort } from 'node:worker_threads';
import { encodeFailure, systemClock } from '@wavetune/core';
import { createBirpc } from 'birpc';
import { openLiveIndex } from '../live/open-live-index.ts';
import { serveLive } from './serve-live.ts';
import type { BareIndex } from './served-index.ts';
import { buffersToMove, CALL_CODEC, type IndexCalls, type IndexNews } from './thread-calls.ts';
import { warmUp } from './warm-up.ts';

/** The thread that has the index. */
const port = parentPort!;
let served: BareIndex;

const news = createBirpc<IndexNews, IndexCalls>(
  {
    open: async ({ credits, ...options }) => {
      const live = await openLiveIndex({
        ...options,
        clock: systemClock,
        onFailure: (failure) => news.failed.asEvent(encodeFailure(failure)),
      });
      served = serveLive(live, { ...(credits && { credits }), clock: systemClock });
      served.watch((change) => news.changed.asEvent(change));
      await warmUp(live.index(), systemClock);
    },
    ingest: (...asked) => served.ingest(...asked),
    feedback: (...asked) => served.feedback(...asked),
    suggest: (...asked) => served.suggest(...asked),
    explain: (...asked) => served.explain(...asked),
    list: (...asked) => served.list(...asked),
    snapshot: () => served.snapshot(),
    stats: () => served.stats(),
    close: () => served.close(),
  },
  {
    post: (message) => port.postMessage(message, buffersToMove(message)),
    on: (listen) => port.on('message', listen),
    off: (listen) => port.off('message', listen),
    timeout: -1,
    ...CALL_CODEC,
  },
);
