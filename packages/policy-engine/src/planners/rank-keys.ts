import { byText } from '../context/top-of.ts';
import type { WindowContext } from '../context/window-context.ts';
import type { PlanBounds, PlanWish } from '../plan/build-plan.ts';

/** From this pressure on a load soon pushes something out, and a plan may choose what. Chosen. */
export const EVICTS_FROM_PRESSURE = 0.9;

/**
 * What to load and what to drop, by how many requests each key is expected to get.
 *
 * Loads the keys with the highest scores above 0 that the cache does not hold or will lose before the next window ends,
 * and under pressure drops as many shown keys, those with the lowest scores, longest idle first: room is made for what is
 * loaded, and none is left empty. Ties by key.
 */
export function wishOf(
  context: WindowContext,
  scores: ReadonlyMap<string, number>,
  bounds: PlanBounds,
): PlanWish {
  const staysSeconds = stays(context);
  const windowSeconds = (context.toMillis - context.fromMillis) / 1000;
  const prefetch = [...scores]
    .filter(([key, score]) => score > 0 && (staysSeconds.get(key) ?? -1) < windowSeconds)
    .sort((a, b) => b[1] - a[1] || byText(a[0], b[0]))
    .slice(0, bounds.prefetches)
    .map(([k]) => ({ k, ttl: bounds.ttlSeconds }));
  return { prefetch, evict: toEvict(context, scores, bounds, new Set(prefetch.map(({ k }) => k))) };
}

function toEvict(
  context: WindowContext,
  scores: ReadonlyMap<string, number>,
  bounds: PlanBounds,
  loaded: ReadonlySet<string>,
): readonly string[] {
  if (context.pressure < EVICTS_FROM_PRESSURE) return [];
  const scoreOf = (key: string): number => scores.get(key) ?? 0;
  return context.keys
    .filter(({ key }) => !loaded.has(key))
    .toSorted(
      (a, b) =>
        scoreOf(a.key) - scoreOf(b.key) || b.idleSeconds - a.idleSeconds || byText(a.key, b.key),
    )
    .slice(0, Math.min(bounds.evictions, loaded.size))
    .map(({ key }) => key);
}

/** Seconds that keys which the context shows stay in the cache by themselves. */
function stays({ topItems, keys }: WindowContext): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const { key, ttlLeftSeconds } of topItems) {
    if (ttlLeftSeconds !== null) seconds.set(key, ttlLeftSeconds);
  }
  for (const { key, ttlLeftSeconds } of keys) seconds.set(key, ttlLeftSeconds);
  return seconds;
}
