import type { CatalogItem } from '../catalog/catalog.ts';
import { isPlainKey, plainText } from '../catalog/plain-text.ts';
import type { AggregatorOptions, WindowEnd } from './aggregator-options.ts';
import type { Profiles } from './profiles.ts';
import { byText, topOf } from './top-of.ts';
import type { CachedKey, HotItem, UserProfile, WindowContext } from './window-context.ts';
import type { ItemTally, UserTally, WindowTally } from './window-tally.ts';

/** A window's counts as a planner sees them, before its tokens are counted. */
export function buildContext(
  tally: WindowTally,
  end: WindowEnd,
  options: AggregatorOptions,
  profiles: Profiles,
): Omit<WindowContext, 'window' | 'lastPlan'> {
  const { keyPrefix, limits, catalog } = options;
  const hottest = topOf(
    tally.items.entries().filter(([item]) => isPlainKey(keyPrefix + item)),
    limits.topItems,
    byRequests,
  );
  const { keys, ttls, cachedKeys } = lookAt(
    end.cached,
    new Set(hottest.map(([item]) => keyPrefix + item)),
    options,
  );
  const users = topOf(tally.users, Math.max(limits.sessions, limits.profiles), byActivity);
  return {
    fromMillis: tally.fromMillis ?? 0,
    toMillis: tally.toMillis ?? 0,
    keyPrefix,
    events: tally.events,
    requests: tally.requests,
    hitRatio: {
      baseline: ratioOf(tally.baselineHits, tally.requests),
      steered: ratioOf(tally.steeredHits, tally.requests),
    },
    pressure: rounded(end.pressure),
    cachedKeys,
    topItems: hottest.map(([item, counts]) =>
      hotItem(keyPrefix + item, counts, ttls, catalog.find(item)),
    ),
    topCategories: topOf(tally.categories, limits.topCategories, byCount).map(
      ([category, events]) => ({ category, events }),
    ),
    sessions: topOf(tally.users, limits.sessions, byLast)
      .map(([, { steps }]) => [...steps])
      .filter((steps) => steps.length > 0),
    keys,
    profiles: users.slice(0, limits.profiles).flatMap(([user]) => shownProfile(profiles, user)),
    neighbours: neighboursOf(hottest, options),
    trimmed: [],
  };
}

/** One pass over the items in the cache: the longest idle keys, and the time that wanted ones have left. */
function lookAt(
  cached: Iterable<CachedKey>,
  wanted: ReadonlySet<string>,
  { keyPrefix, limits }: AggregatorOptions,
): { keys: readonly CachedKey[]; ttls: ReadonlyMap<string, number>; cachedKeys: number } {
  const ttls = new Map<string, number>();
  let cachedKeys = 0;
  const shown = function* (): Generator<CachedKey> {
    for (const one of cached) {
      if (!one.key.startsWith(keyPrefix)) continue;
      cachedKeys++;
      if (wanted.has(one.key)) ttls.set(one.key, Math.round(one.ttlLeftSeconds));
      if (isPlainKey(one.key)) yield one;
    }
  };
  const keys = topOf(shown(), limits.keys, byIdle).map(
    ({ key, sizeBytes, ttlLeftSeconds, idleSeconds }) => ({
      key,
      sizeBytes,
      ttlLeftSeconds: Math.round(ttlLeftSeconds),
      idleSeconds: Math.round(idleSeconds),
    }),
  );
  return { keys, ttls, cachedKeys };
}

function hotItem(
  key: string,
  { requests, users }: ItemTally,
  ttls: ReadonlyMap<string, number>,
  known: CatalogItem | undefined,
): HotItem {
  const texts = known === undefined ? {} : shownTexts(known);
  return { key, requests, users: users.size, ttlLeftSeconds: ttls.get(key) ?? null, ...texts };
}

/** A catalog's texts were written by anybody. */
function shownTexts({ title, category, brand }: CatalogItem): Partial<HotItem> {
  const texts = Object.entries({ title, category, brand }).map(([name, text = '']) => [
    name,
    plainText(text),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

function shownProfile(profiles: Profiles, user: string): readonly UserProfile[] {
  const profile = profiles.profileOf(user);
  return profile === undefined ? [] : [{ ...profile, user: plainText(user) }];
}

function neighboursOf(
  hottest: readonly (readonly [string, ItemTally])[],
  { keyPrefix, limits, catalog }: AggregatorOptions,
): WindowContext['neighbours'] {
  return hottest.slice(0, limits.neighboursOf).flatMap(([item]) => {
    const like = catalog
      .like(item, limits.neighbours)
      .map((other) => keyPrefix + other)
      .filter(isPlainKey);
    return like.length === 0 ? [] : [{ key: keyPrefix + item, like }];
  });
}

type Entry<T> = readonly [string, T];

function byRequests(a: Entry<ItemTally>, b: Entry<ItemTally>): number {
  return b[1].requests - a[1].requests || byText(a[0], b[0]);
}

function byCount(a: Entry<number>, b: Entry<number>): number {
  return b[1] - a[1] || byText(a[0], b[0]);
}

function byActivity(a: Entry<UserTally>, b: Entry<UserTally>): number {
  return b[1].events - a[1].events || byText(a[0], b[0]);
}

function byLast(a: Entry<UserTally>, b: Entry<UserTally>): number {
  return b[1].lastMillis - a[1].lastMillis || byText(a[0], b[0]);
}

function byIdle(a: CachedKey, b: CachedKey): number {
  return b.idleSeconds - a.idleSeconds || byText(a.key, b.key);
}

function ratioOf(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole);
}

function rounded(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
