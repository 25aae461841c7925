import { byText } from '../context/top-of.ts';
import type { WindowContext } from '../context/window-context.ts';
import { buildPlan, type PlanBounds, type PlanWish } from '../plan/build-plan.ts';
import type { Future, FutureTraffic, Planner } from './planner.ts';
import { EVICTS_FROM_PRESSURE } from './rank-keys.ts';

/**
 * Knows which requests come next and what the cache holds, and so bounds what a planner with the same caps can hope for.
 *
 * Loads keys that are asked for before the horizon when the cache does not hold them any more: each saves a miss there, and
 * those with most requests are likely to save more past it; of equals the soonest, least likely to be pushed out before. Under pressure it drops shown keys that
 * are not asked for before the horizon, largest first. Greedy: it does not weigh what a load pushes out, nor look past the
 * horizon, so the bound is a near one, not a proof.
 */
export function oraclePlanner(future: Future, bounds: PlanBounds): Planner {
  return {
    name: 'oracle',
    async plan(context) {
      const wish = foreseen(context, future(context), bounds);
      return { plan: buildPlan('oracle', context, wish, bounds.lifetimeMillis), discarded: [] };
    },
  };
}

/** Of one key, before the horizon. */
interface Uses {
  count: number;
  /** The first that the cache would miss. */
  missMillis: number;
}

function foreseen(
  context: WindowContext,
  traffic: FutureTraffic,
  { prefetches, evictions, ttlSeconds }: PlanBounds,
): PlanWish {
  const uses = usesOf(context, traffic);
  const prefetch = [...uses]
    .filter(([, { missMillis }]) => missMillis < context.toMillis + 1000 * ttlSeconds)
    .sort(
      ([a, one], [b, other]) =>
        other.count - one.count || one.missMillis - other.missMillis || byText(a, b),
    )
    .slice(0, prefetches)
    .map(([k]) => ({ k, ttl: ttlSeconds }));
  const evict = context.keys
    .filter(({ key }) => context.pressure >= EVICTS_FROM_PRESSURE && !uses.has(key))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || byText(a.key, b.key))
    .slice(0, evictions)
    .map(({ key }) => key);
  return { evict, prefetch };
}

function usesOf(
  { toMillis }: WindowContext,
  { requests, ttlLeftSeconds }: FutureTraffic,
): ReadonlyMap<string, Uses> {
  const uses = new Map<string, Uses>();
  for (const { key, timeMillis } of requests) {
    const known = uses.get(key) ?? { count: 0, missMillis: Number.POSITIVE_INFINITY };
    const goneMillis = toMillis + 1000 * (ttlLeftSeconds(key) ?? Number.NEGATIVE_INFINITY);
    known.count++;
    if (timeMillis >= goneMillis) known.missMillis = Math.min(known.missMillis, timeMillis);
    uses.set(key, known);
  }
  return uses;
}
