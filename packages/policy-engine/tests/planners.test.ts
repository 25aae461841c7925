import { encodeCachePlan } from '@wavetune/documents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CachePlan,
  createPlanner,
  type Future,
  PLAN_BOUNDS,
  PLANNERS,
  type WindowContext,
} from '../src/index.ts';
import { fitLogistic, probabilityOf } from '../src/planners/logistic-regression.ts';
import { context, hot, streams } from './support/contexts.ts';
import { cachedKey } from './support/events.ts';

const signal = { reason: 'events', abort: new AbortController().signal } as const;
const future: Future = ({ topItems, toMillis }) => ({
  requests: topItems.map(({ key }) => ({ key, timeMillis: toMillis + 1000 })),
  ttlLeftSeconds: () => undefined,
});

async function plansOf(
  name: string,
  contexts: readonly WindowContext[],
  bounds = PLAN_BOUNDS,
): Promise<readonly CachePlan[]> {
  const planner = createPlanner(name, { bounds, future });
  const plans: CachePlan[] = [];
  for (const one of contexts) {
    const { plan } = await planner.plan(one, signal);
    if (plan !== null) plans.push(plan);
  }
  return plans;
}

const lastOf = async (name: string, contexts: readonly WindowContext[]) => {
  const { evict, prefetch } = (await plansOf(name, contexts)).at(-1)!;
  return { evict, prefetch: prefetch.map(({ k }) => k) };
};

function keysIn({
  topItems,
  keys,
  neighbours,
  sessions,
  keyPrefix,
}: WindowContext): readonly string[] {
  return [
    ...topItems.map(({ key }) => key),
    ...keys.map(({ key }) => key),
    ...neighbours.flatMap(({ like }) => like),
    ...sessions.flat().map((step) => keyPrefix + step.slice(step.indexOf(':') + 1)),
  ];
}

describe.each(PLANNERS.filter(({ needs }) => needs !== 'model'))('planner $name', ({ name }) => {
  it('keeps within its caps, plans documents, and names only keys that it was shown', async () => {
    const bounds = { ...PLAN_BOUNDS, evictions: 3, prefetches: 4 };
    await fc.assert(
      fc.asyncProperty(streams, async (contexts) => {
        const plans = await plansOf(name, contexts, bounds);
        expect(plans).toHaveLength(contexts.length);
        const shown = new Set<string>();
        for (const [i, plan] of plans.entries()) {
          for (const key of keysIn(contexts[i])) shown.add(key);
          expect(plan.evict.length).toBeLessThanOrEqual(3);
          expect(plan.prefetch.length).toBeLessThanOrEqual(4);
          const named = [...plan.evict, ...plan.prefetch.map(({ k }) => k)];
          expect(new Set(named).size).toBe(named.length);
          for (const key of named) expect(shown).toContain(key);
          expect(plan).toMatchObject({ window: i, created: contexts[i].toMillis });
          expect(plan.expires - plan.created).toBe(bounds.lifetimeMillis);
          expect([...encodeCachePlan(plan)].join('')).toContain(plan.id);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('plans the same for the same windows, whatever comes after them', async () => {
    await fc.assert(
      fc.asyncProperty(streams, streams, async (contexts, others) => {
        const alone = await plansOf(name, contexts);
        const before = await plansOf(name, [...contexts, ...others]);
        expect(before.slice(0, contexts.length)).toEqual(alone);
      }),
      { numRuns: 20 },
    );
  });
});

describe('none', () => {
  it('asks for nothing', async () => {
    const full = context({ pressure: 1, topItems: [hot('1', 9)], keys: [cachedKey()] });
    expect(await lastOf('none', [full])).toEqual({ evict: [], prefetch: [] });
  });
});

describe('frequency', () => {
  it('loads hot items that are not held or go soon, the hottest first', async () => {
    const topItems = [
      hot('1', 9, { ttlLeftSeconds: 900 }),
      hot('2', 8),
      hot('3', 5, { ttlLeftSeconds: 30 }),
    ];
    expect(await lastOf('frequency', [context({ topItems })])).toEqual({
      evict: [],
      prefetch: ['item:2', 'item:3'],
    });
  });

  it('makes room for what it loads under pressure only, the longest idle of the worst first', async () => {
    const keys = [
      cachedKey({ key: 'item:4', idleSeconds: 50 }),
      cachedKey({ key: 'item:5', idleSeconds: 70 }),
      cachedKey({ key: 'item:1', idleSeconds: 90 }),
    ];
    const topItems = [hot('1', 9, { ttlLeftSeconds: 600 }), hot('2', 3), hot('3', 2)];
    const planOf = (over: Partial<WindowContext>) =>
      lastOf('frequency', [context({ topItems, keys, ...over })]);
    expect((await planOf({ pressure: 0.5 })).evict).toEqual([]);
    expect((await planOf({ pressure: 0.9 })).evict).toEqual(['item:5', 'item:4']);
    expect((await planOf({ pressure: 0.9, topItems: topItems.slice(0, 2) })).evict).toEqual([
      'item:5',
    ]);
  });
});

describe('markov', () => {
  it('loads what most often came after the last item of a session', async () => {
    const learnt = context({
      sessions: [
        ['click:1', 'click:2'],
        ['view:1', 'click:2'],
        ['click:1', 'click:3'],
      ],
    });
    const now = context({ window: 1, sessions: [['click:9', 'click:1']] });
    expect((await lastOf('markov', [learnt, now])).prefetch).toEqual(['item:2', 'item:3']);
  });
});

describe('ewma-drift', () => {
  it('prefers what rises to what falls', async () => {
    const windows = [1, 2, 3, 4, 5].map((n, window) =>
      context({ window, topItems: [hot('up', 2 * n), hot('down', 14 - 2 * n)] }),
    );
    expect((await lastOf('ewma-drift', windows)).prefetch).toEqual(['item:up', 'item:down']);
    expect((await lastOf('ewma-drift', windows.slice(0, 2))).prefetch).toEqual([
      'item:down',
      'item:up',
    ]);
  });
});

describe('neighbours', () => {
  it('loads what is like the hottest items', async () => {
    const now = context({
      topItems: [hot('1', 9), hot('2', 2)],
      neighbours: [
        { key: 'item:1', like: ['item:7', 'item:8'] },
        { key: 'item:2', like: ['item:9', 'item:8'] },
      ],
    });
    expect((await lastOf('neighbours', [now])).prefetch).toEqual(['item:7', 'item:8', 'item:9']);
  });
});

describe('learned', () => {
  it('finds that two groups of items take turns', async () => {
    const groups = [
      ['a', 'b', 'c'],
      ['x', 'y', 'z'],
    ];
    const windows = Array.from({ length: 12 }, (_, window) =>
      context({ window, topItems: groups[window % 2].map((key) => hot(key, 5)) }),
    );
    const { prefetch } = await lastOf('learned', windows);
    expect(prefetch.slice(0, 3)).toEqual(['item:a', 'item:b', 'item:c']);
    expect((await lastOf('frequency', windows)).prefetch).toEqual(['item:x', 'item:y', 'item:z']);
  });
});

describe('oracle', () => {
  it('loads what would be missed, most requests first and then the soonest, and drops what is not asked for', async () => {
    const now = context({
      pressure: 0.9,
      keys: [cachedKey({ key: 'item:held' }), cachedKey({ key: 'item:dead' })],
    });
    const held: Readonly<Record<string, number>> = { 'item:held': 600, 'item:going': 10 };
    const asked: readonly (readonly [string, number])[] = [
      ['item:held', 500],
      ['item:going', 5],
      ['item:going', 50],
      ['item:new', 40],
      ['item:again', 60],
      ['item:again', 70],
      ['item:again', 360],
      ['item:late', 3600],
    ];
    const planner = createPlanner('oracle', {
      bounds: PLAN_BOUNDS,
      future: ({ toMillis }) => ({
        requests: asked.map(([key, seconds]) => ({ key, timeMillis: toMillis + 1000 * seconds })),
        ttlLeftSeconds: (key) => held[key],
      }),
    });
    const { plan } = await planner.plan(now, signal);
    expect(plan?.prefetch.map(({ k }) => k)).toEqual(['item:again', 'item:going', 'item:new']);
    expect(plan?.evict).toEqual(['item:dead']);
  });
});

describe('createPlanner', () => {
  it('refuses a name that it does not know', () => {
    expect(() => createPlanner('psychic')).toThrow(
      `planner.unknown: there is no planner "psychic"; there are ${PLANNERS.map(({ name }) => name).join(', ')}`,
    );
  });

  it('refuses an oracle that is not told what comes', () => {
    expect(() => createPlanner('oracle')).toThrow('planner.no-future');
  });
});

describe('fitLogistic', () => {
  it('finds the log odds of what it saw, drawn towards even odds by its ridge', () => {
    const rows = [0, 1].flatMap((x) =>
      Array.from({ length: 1000 }, (_, i) => ({
        features: [1, x],
        happened: i < (x === 1 ? 800 : 200),
      })),
    );
    const weights = fitLogistic(rows, 2);
    expect(probabilityOf(weights, [1, 0])).toBeCloseTo(0.2, 2);
    expect(probabilityOf(weights, [1, 1])).toBeCloseTo(0.8, 2);
  });

  it('stays finite whatever it is fitted to', () => {
    const row = fc.record({
      features: fc.tuple(fc.constant(1), fc.double({ min: 0, max: 12, noNaN: true })),
      happened: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        for (const weight of fitLogistic(rows, 2)) expect(Number.isFinite(weight)).toBe(true);
      }),
    );
  });
});
