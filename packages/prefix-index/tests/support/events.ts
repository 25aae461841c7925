import fc from 'fast-check';
import type { PrefixIndex } from '../../src/index/prefix-index.ts';
import type { PrefixEvent } from '../../src/totals/prefix-event.ts';
import { DEFAULT_SETTINGS, type StoreSettings } from '../../src/totals/settings.ts';

/** Half-lives of a second, so that ages of minutes are many of them. */
export const SETTINGS: StoreSettings = { ...DEFAULT_SETTINGS, halfLifeMillis: 1000 };

/** An event of a few prefixes, tenants and models, over a minute. */
export const anyEvent: fc.Arbitrary<PrefixEvent> = fc
  .record({
    prefix_id: fc.constantFrom('a', 'b', 'c', 'd'),
    tenant: fc.constantFrom('t', 'u'),
    model_id: fc.constantFrom('m', 'n'),
    layer: fc.constantFrom(0, 1, 'L2'),
    page_start: fc.nat(50),
    span: fc.nat(10),
    bytes: fc.nat(1_000_000),
    latency_ms: fc.nat(1000),
    timestamp_ms: fc.integer({ min: 1_763_000_000_000, max: 1_763_000_060_000 }),
    tokens: fc.nat(5000),
    prefill_ms: fc.nat(100),
  })
  .map(({ span, ...event }) => ({ ...event, page_end: event.page_start + span }));

/** An event of which only what is named matters. */
export function eventOf(named: Partial<PrefixEvent>): PrefixEvent {
  return {
    prefix_id: 'a',
    tenant: 't',
    model_id: 'm',
    bytes: 1,
    timestamp_ms: 0,
    ...named,
  };
}

/** All steps of a prune. @returns How many prefixes went. */
export function pruned(index: PrefixIndex, beforeMillis: number): number {
  const steps = index.pruneInSteps(beforeMillis);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
