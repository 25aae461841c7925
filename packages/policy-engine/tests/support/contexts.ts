import fc from 'fast-check';
import {
  AGGREGATOR_DEFAULTS,
  type Catalog,
  createAggregator,
  type HotItem,
  type WindowContext,
} from '../../src/index.ts';
import { cachedKeys, events, hits } from './events.ts';

export function context(over: Partial<WindowContext> = {}): WindowContext {
  return {
    window: 0,
    fromMillis: 0,
    toMillis: 600_000,
    keyPrefix: 'item:',
    events: 100,
    requests: 100,
    hitRatio: { baseline: 0.5, steered: 0.5 },
    pressure: 0.5,
    cachedKeys: 0,
    topItems: [],
    topCategories: [],
    sessions: [],
    keys: [],
    profiles: [],
    neighbours: [],
    lastPlan: null,
    trimmed: [],
    ...over,
  };
}

export function hot(key: string, requests: number, over: Partial<HotItem> = {}): HotItem {
  return { key: `item:${key}`, requests, users: requests, ttlLeftSeconds: null, ...over };
}

const RING: Catalog = {
  size: 30,
  find: () => undefined,
  like: (item, count) =>
    Array.from({ length: count }, (_, i) => String((Number(item) + i + 1) % 30)),
};

/** What an aggregator shows of a few windows of any traffic. */
export const streams: fc.Arbitrary<readonly WindowContext[]> = fc
  .array(
    fc.record({
      observed: fc.array(fc.tuple(events, hits), { maxLength: 40 }),
      cached: cachedKeys,
      pressure: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((windows) => {
    const aggregator = createAggregator({ ...AGGREGATOR_DEFAULTS, catalog: RING });
    return windows.map(({ observed, cached, pressure }) => {
      for (const [one, hit] of observed) aggregator.observe(one, one.isRequest ? hit : null);
      return aggregator.close({ cached, pressure });
    });
  });
