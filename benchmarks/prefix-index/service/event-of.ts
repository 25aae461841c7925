/** The event of prefix `i`: its own pages and bytes, of one of a hundred tenants. */
export function eventOf(i: number) {
  return {
    prefix_id: `prefix-${i.toString(36)}`,
    tenant: `tenant-${i % 100}`,
    model_id: 'llama-3.1-8b',
    layer: i % 32,
    page_start: i % 1000,
    page_end: (i % 1000) + 7,
    bytes: 1000 + ((i * 7919) % 100_003),
    latency_ms: 1 + (i % 17) / 4,
    timestamp_ms: 1_795_000_000_000 + (i % 3_600_000),
  };
}
