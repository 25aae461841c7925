import { sha256Hex } from '@wavetune/core';
import type { Feedback } from '../totals/feedback.ts';
import type { PrefixEvent } from '../totals/prefix-event.ts';

/** The same for the same events in the same order, however their fields were ordered. */
export function digestOfEvents(events: readonly PrefixEvent[]): string {
  const rows = events.map((event) => [
    event.tenant,
    event.model_id,
    event.prefix_id,
    event.timestamp_ms,
    event.bytes,
    event.layer,
    event.page_start,
    event.page_end,
    event.latency_ms,
    event.parent_prefix_id,
    event.tokens,
    event.prefill_ms,
  ]);
  return sha256Hex(JSON.stringify(rows));
}

/** As {@link digestOfEvents}; never the same as that of events. */
export function digestOfFeedback(feedback: readonly Feedback[]): string {
  const rows = feedback.map((item) => [
    item.outcome,
    item.tenant,
    item.model_id,
    item.prefix_id,
    item.timestamp_ms,
    item.cost_ms,
  ]);
  return sha256Hex(JSON.stringify({ feedback: rows }));
}
