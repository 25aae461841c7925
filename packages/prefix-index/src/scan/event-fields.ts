/** The fields of an event by their number in `assembly/line.ts`. */
export const EVENT_FIELDS = [
  'prefix_id',
  'tenant',
  'model_id',
  'parent_prefix_id',
  'layer',
  'page_start',
  'page_end',
  'bytes',
  'timestamp_ms',
  'latency_ms',
  'tokens',
  'prefill_ms',
] as const;

export type EventField = (typeof EVENT_FIELDS)[number];
