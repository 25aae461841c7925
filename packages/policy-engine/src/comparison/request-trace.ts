import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import { KEY_OVERHEAD_BYTES } from '../caches/simulated-cache.ts';
import type { EventColumns } from '../events/event-columns.ts';
import { keyOf } from '../events/item-key.ts';

/** The requests of a stream as simulations take them. */
export interface RequestTrace {
  /** A request is one block of one token: an item. */
  readonly trace: TraceColumns;
  /** The event of each request; shape `[requests]`. */
  readonly events: Uint32Array;
  /** Key, value and overhead of an item: a mean over the distinct items, each at its first size. */
  readonly meanItemBytes: number;
}

export function requestTraceOf(columns: EventColumns): RequestTrace {
  const events = Uint32Array.from(
    columns.isRequest.keys().filter((i) => columns.isRequest[i] === 1),
  );
  const blocks = sharedUint32(events.length);
  const blockOf = new Uint32Array(columns.names.items.length).fill(NONE);
  let distinct = 0;
  let bytes = 0;
  events.forEach((event, request) => {
    const item = columns.items[event];
    if (blockOf[item] === NONE) {
      blockOf[item] = distinct++;
      bytes += Buffer.byteLength(keyOf(columns.names.items[item])) + columns.sizeBytes[event];
    }
    blocks[request] = blockOf[item];
  });
  const requests = events.length;
  const timeMillis = sharedFloat64(requests);
  timeMillis.set(Float64Array.from(events, (event) => columns.timeMillis[event]));
  const offsets = sharedUint32(requests + 1);
  for (let request = 0; request <= requests; request++) offsets[request] = request;
  const trace: TraceColumns = {
    blockSize: 1,
    offsets,
    blocks,
    inputTokens: sharedUint32(requests).fill(1),
    coveredTokens: sharedUint32(requests).fill(1),
    outputTokens: sharedUint32(requests),
    timeMillis,
    tenants: sharedUint32(requests),
    sessions: sharedUint32(requests).fill(NONE),
    parents: sharedUint32(distinct).fill(NONE),
  };
  return { trace, events, meanItemBytes: bytes / distinct + KEY_OVERHEAD_BYTES };
}

/** The answers to the requests among the answers to all events. */
export function requestHits({ events }: RequestTrace, hits: Uint8Array): Float64Array {
  return Float64Array.from(events, (event) => hits[event]);
}
