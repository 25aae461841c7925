import { NONE } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import { createEventRecorder } from './event-columns.ts';
import { eventError } from './event-errors.ts';
import type { EventStream } from './event-stream.ts';

/** The action of every event that a prefix trace gives. */
const ACTION = 'request';
/** The tenant of requests that name none. */
const NO_TENANT = 'default';

/**
 * The requests of a prefix trace as item events: each block that a request references asks for the item of that block, in
 * the chain's order and at the request's time; the user is its session, else its tenant, else nobody.
 *
 * @param valueBytes - What stands in the cache for a block: its KV pages would be megabytes.
 * @throws WavetuneError `events.length-only`.
 */
export function eventsOfTrace(trace: ReadTrace, valueBytes: number): EventStream {
  const { columns, names, sessions, tenants, quality } = trace;
  if (quality.lengthOnly) throw eventError('events.length-only', { format: quality.format });
  const items = Array.from(columns.parents, (_, block) => names.nameOf(block));
  const recorder = createEventRecorder();
  for (let request = 0; request < columns.inputTokens.length; request++) {
    const session = columns.sessions[request];
    const tenant = tenants[columns.tenants[request]];
    const user = session === NONE ? (tenant === NO_TENANT ? '' : tenant) : sessions[session];
    for (let at = columns.offsets[request]; at < columns.offsets[request + 1]; at++) {
      recorder.add({
        timeMillis: columns.timeMillis[request],
        user,
        action: ACTION,
        item: items[columns.blocks[at]],
        category: '',
        isRequest: true,
        sizeBytes: valueBytes,
      });
    }
  }
  return {
    columns: recorder.finish().columns,
    source: quality.format,
    badRecords: quality.quarantined,
    outOfOrder: quality.outOfOrder,
  };
}
