/** The events of scanned files are no later. */
export const NOW = Date.UTC(2026, 10, 21);

/** What every scanner takes. */
export const EVENT = {
  prefix_id: 'session:A',
  tenant: 'acme',
  model_id: 'm',
  layer: 12,
  page_start: 0,
  page_end: 3,
  bytes: 1_048_576,
  latency_ms: 4.5,
  timestamp_ms: NOW - 5000,
};

export const LINE = JSON.stringify(EVENT);
