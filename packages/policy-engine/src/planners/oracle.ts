import { byText } from '../context/top-of.ts';
import type { WindowContext } from '../context/window-context.ts';
import { buildPlan, type PlanBounds, type PlanWish } from '../plan/build-plan.ts';
import type { Future, FutureRequest, Planner } from './planner.ts';
import { EVICTS_FROM_PRESSURE } from './rank-keys.ts';

/**
 * Knows which requests come next, and so bounds what a planner with the same caps can hope for.
 *
 * A load saves one miss of a key, the first after it would be gone: keys that are asked for before the horizon and are
 * not held until then are loaded, those with the most requests first, as the memory may lose some again. Under pressure
 * it drops shown keys that are not asked for before the horizon, largest first. Greedy: it neither weighs what a load
 * pushes out nor looks past the horizon, so the bound is a near one, not a proof.
 */
export function oraclePlanner(future: Future, bounds: PlanBounds): Planner {
  return {
    name: 'oracle',
    async plan(context) {
      const wish = foreseen(context, [...future(context)], bounds);
      return { plan: buildPlan('oracle', context, wish, bounds.lifetimeMillis), discarded: [] };
    },
  };
}

function foreseen(
  context: WindowContext,
  requests: readonly FutureRequest[],
  bounds: PlanBounds,
): PlanWish {
  const uses = usesOf(requests);
  const goneMillis = leaving(context);
  const prefetch = [...uses]
    .filter(
      ([key, { lastMillis }]) => (goneMillis.get(key) ?? Number.NEGATIVE_INFINITY) <= lastMillis,
    )
    .sort((a, b) => b[1].count - a[1].count || byText(a[0], b[0]))
    .slice(0, bounds.prefetches)
    .map(([k]) => ({ k, ttl: bounds.ttlSeconds }));
  const evict = context.keys
    .filter(({ key }) => context.pressure >= EVICTS_FROM_PRESSURE && !uses.has(key))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || byText(a.key, b.key))
    .slice(0, bounds.evictions)
    .map(({ key }) => key);
  return { evict, prefetch };
}

function usesOf(requests: readonly FutureRequest[]) {
  const uses = new Map<string, { count: number; lastMillis: number }>();
  for (const { key, timeMillis } of requests) {
    const known = uses.get(key);
    if (known === undefined) uses.set(key, { count: 1, lastMillis: timeMillis });
    else {
      known.count++;
      known.lastMillis = timeMillis;
    }
  }
  return uses;
}

/** When keys that the context shows leave the cache by themselves. */
function leaving({ topItems, keys, toMillis }: WindowContext): ReadonlyMap<string, number> {
  const gone = new Map<string, number>();
  for (const { key, ttlLeftSeconds } of [...topItems, ...keys]) {
    if (ttlLeftSeconds !== null) gone.set(key, toMillis + 1000 * ttlLeftSeconds);
  }
  return gone;
}
