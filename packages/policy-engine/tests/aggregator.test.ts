import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATOR_DEFAULTS,
  type CachedKey,
  createAggregator,
  encodeContext,
  type Hits,
  type ItemEvent,
  tokensOf,
  type WindowContext,
} from '../src/index.ts';
import { cachedKey, cachedKeys, event, events, hits } from './support/events.ts';

type Observed = readonly [ItemEvent, Hits];

function contextOf(
  observed: readonly Observed[],
  cached: readonly CachedKey[] = [],
  over: Partial<typeof AGGREGATOR_DEFAULTS> = {},
): WindowContext {
  const aggregator = createAggregator({ ...AGGREGATOR_DEFAULTS, ...over });
  for (const [one, hit] of observed) aggregator.observe(one, one.isRequest ? hit : null);
  return aggregator.close({ pressure: 0.5, cached });
}

const windows = fc.array(fc.tuple(events, hits), { maxLength: 60 });
const MISS: Hits = { baseline: false, steered: false };
const HIT: Hits = { baseline: false, steered: true };

describe('createAggregator', () => {
  it('knows when a window ended, also before 1970', () => {
    const before = [-3000, -1000].map((timeMillis): Observed => [event({ timeMillis }), MISS]);
    expect(contextOf(before)).toMatchObject({ fromMillis: -3000, toMillis: -1000 });
    expect(contextOf([])).toMatchObject({ fromMillis: 0, toMillis: 0 });
  });

  it('tells one window by hand', () => {
    const context = contextOf(
      [
        [event({ item: '1', user: 'ann', timeMillis: 1000 }), MISS],
        [event({ item: '2', user: 'bob', timeMillis: 2000, category: 'hats' }), MISS],
        [event({ item: '1', user: 'bob', timeMillis: 3000 }), HIT],
        [
          event({ item: '9', user: 'bob', timeMillis: 4000, action: 'view', isRequest: false }),
          MISS,
        ],
      ],
      [cachedKey({ idleSeconds: 1 }), cachedKey({ key: 'item:7', idleSeconds: 90.4 })],
    );
    expect(context).toEqual({
      window: 0,
      fromMillis: 1000,
      toMillis: 4000,
      keyPrefix: 'item:',
      events: 4,
      requests: 3,
      hitRatio: { baseline: 0, steered: 0.3333 },
      pressure: 0.5,
      cachedKeys: 2,
      topItems: [
        { key: 'item:1', requests: 2, users: 2, ttlLeftSeconds: 600 },
        { key: 'item:2', requests: 1, users: 1, ttlLeftSeconds: null },
      ],
      topCategories: [
        { category: 'shoes', events: 3 },
        { category: 'hats', events: 1 },
      ],
      sessions: [['click:2', 'click:1', 'view:9'], ['click:1']],
      keys: [cachedKey({ key: 'item:7', idleSeconds: 90 }), cachedKey({ idleSeconds: 1 })],
      profiles: [
        {
          user: 'bob',
          categories: [
            { category: 'shoes', share: 0.667 },
            { category: 'hats', share: 0.333 },
          ],
        },
        { user: 'ann', categories: [{ category: 'shoes', share: 1 }] },
      ],
      neighbours: [],
      lastPlan: null,
      trimmed: [],
    });
  });

  it('gives the same window the same bytes, in whatever order the cache is listed', () => {
    fc.assert(
      fc.property(windows, cachedKeys, (observed, cached) => {
        expect(encodeContext(contextOf(observed, cached))).toBe(
          encodeContext(contextOf(observed, cached.toReversed())),
        );
      }),
    );
  });

  it('keeps within its tokens, and says of each list how much of it stayed', () => {
    fc.assert(
      fc.property(
        windows,
        cachedKeys,
        fc.integer({ min: 500, max: 3000 }),
        (observed, cached, tokenBudget) => {
          const full = contextOf(observed, cached, { tokenBudget: 1e6 });
          const cut = contextOf(observed, cached, { tokenBudget });
          expect(tokensOf(cut)).toBeLessThanOrEqual(tokenBudget);
          for (const { list, kept, of } of cut.trimmed) {
            const rows = full[list as 'keys'];
            expect(rows).toHaveLength(of);
            expect(cut[list as 'keys']).toEqual(rows.slice(0, kept));
          }
          if (tokensOf(full) <= tokenBudget) expect(cut).toEqual(full);
        },
      ),
    );
  });

  it('gives up users before keys, and keys before hot items', () => {
    const observed = Array.from(
      { length: 60 },
      (_, i): Observed => [event({ item: String(i), user: `u${i}` }), MISS],
    );
    const cached = Array.from({ length: 60 }, (_, i) => cachedKey({ key: `item:${i}` }));
    const { trimmed, topItems } = contextOf(observed, cached, { tokenBudget: 2500 });
    expect(trimmed.map(({ list, kept }) => [list, kept > 0])).toEqual([
      ['profiles', false],
      ['topCategories', false],
      ['sessions', false],
      ['keys', true],
    ]);
    expect(topItems).toHaveLength(60);
  });

  it('holds no more of an endless stream than its bounds', () => {
    const profiles = { halfLifeWindows: 2, mostUsers: 50, mostCategories: 3 };
    const aggregator = createAggregator({ ...AGGREGATOR_DEFAULTS, profiles });
    let shown: WindowContext | undefined;
    for (let window = 0; window < 200; window++) {
      for (let i = 0; i < 40; i++) {
        const user = i < 10 ? `regular${i}` : `passer-by ${window} ${i}`;
        aggregator.observe(event({ user, category: `c${(window * i) % 97}` }), MISS);
      }
      shown = aggregator.close({ pressure: 0, cached: [] });
      expect(encodeContext(shown).length).toBeLessThan(30_000);
    }
    for (const { categories } of shown?.profiles ?? []) {
      expect(categories.length).toBeLessThanOrEqual(3);
    }
  });

  it('tells what became of the keys of the last plan', () => {
    const aggregator = createAggregator();
    aggregator.planApplied({
      id: 'p',
      evicted: ['item:1', 'item:2'],
      prefetched: ['item:3', 'item:4'],
    });
    aggregator.observe(event({ item: '3' }), HIT);
    aggregator.observe(event({ item: '3' }), HIT);
    aggregator.observe(event({ item: '4' }), MISS);
    aggregator.observe(event({ item: '1' }), MISS);
    expect(aggregator.close({ pressure: 0, cached: [] }).lastPlan).toEqual({
      id: 'p',
      evicted: 2,
      prefetched: 2,
      prefetchedUsed: 1,
      evictedMissed: 1,
    });
  });

  it('begins another session after a long pause', () => {
    const { sessions } = contextOf([
      [event({ item: '1', timeMillis: 0 }), MISS],
      [event({ item: '2', timeMillis: 1_800_001 }), MISS],
      [event({ item: '3', timeMillis: 1_900_000 }), MISS],
    ]);
    expect(sessions).toEqual([['click:2', 'click:3']]);
  });

  it('shows text from the log as one plain line, and no key that cannot be shown whole', () => {
    const { sessions, topCategories, topItems } = contextOf([
      [event({ action: 'a:b\u0000', category: `x\n\u202E"}${'y'.repeat(500)}` }), MISS],
      [event({ item: 'evil\nitem' }), MISS],
      [event({ item: 'long'.repeat(99) }), MISS],
    ]);
    expect(sessions).toEqual([['a b:1']]);
    expect(topCategories.map(({ category }) => category)).toContain(`x "}${'y'.repeat(76)}`);
    expect(topItems.map(({ key }) => key)).toEqual(['item:1']);
  });

  it('refuses a budget that not even an empty context keeps', () => {
    expect(() => createAggregator({ ...AGGREGATOR_DEFAULTS, tokenBudget: 100 })).toThrow(
      'context.token-budget: a context cannot keep within 100 tokens; the least is 500',
    );
  });
});
