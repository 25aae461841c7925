import { byText } from '../context/top-of.ts';
import type { WindowContext } from '../context/window-context.ts';
import { buildPlan, type PlanBounds, type PlanWish } from '../plan/build-plan.ts';
import type { Future, FutureTraffic, Planner } from './planner.ts';
import { EVICTS_FROM_PRESSURE } from './rank-keys.ts';

/** Requests of a key that are farther apart would each miss under the shortest TTL that a miss is stored with. */
const SHORTEST_TTL_MILLIS = 300_000;

/**
 * Knows which requests come next and what the cache holds, and so bounds what a planner with the same caps can hope for.
 *
 * Loads keys that are asked for before the horizon when the cache does not hold them any more: those with most misses to
 * save, and of these the soonest, as they are least likely to be pushed out before. Under pressure it drops shown keys that
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

/** Of one key, from when the cache does not hold it any more. */
interface Misses {
  count: number;
  readonly firstMillis: number;
  lastMillis: number;
}

function foreseen(
  context: WindowContext,
  traffic: FutureTraffic,
  { prefetches, evictions, ttlSeconds }: PlanBounds,
): PlanWish {
  const { misses, asked } = missesOf(context, traffic, ttlSeconds);
  const prefetch = [...misses]
    .sort(
      ([a, one], [b, other]) =>
        other.count - one.count || one.firstMillis - other.firstMillis || byText(a, b),
    )
    .slice(0, prefetches)
    .map(([k]) => ({ k, ttl: ttlSeconds }));
  const evict = context.keys
    .filter(({ key }) => context.pressure >= EVICTS_FROM_PRESSURE && !asked.has(key))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || byText(a.key, b.key))
    .slice(0, evictions)
    .map(({ key }) => key);
  return { evict, prefetch };
}

function missesOf(
  { toMillis }: WindowContext,
  { requests, ttlLeftSeconds }: FutureTraffic,
  ttlSeconds: number,
) {
  const misses = new Map<string, Misses>();
  const asked = new Set<string>();
  for (const { key, timeMillis } of requests) {
    asked.add(key);
    const heldSeconds = ttlLeftSeconds(key);
    if (heldSeconds !== undefined && timeMillis < toMillis + 1000 * heldSeconds) continue;
    if (timeMillis >= toMillis + 1000 * ttlSeconds) continue;
    const known = misses.get(key);
    if (known === undefined) {
      misses.set(key, { count: 1, firstMillis: timeMillis, lastMillis: timeMillis });
    } else if (timeMillis - known.lastMillis >= SHORTEST_TTL_MILLIS) {
      known.count++;
      known.lastMillis = timeMillis;
    }
  }
  return { misses, asked };
}
