import { isPlainKey } from '../catalog/plain-text.ts';
import type { CachePlan } from '../plan/cache-plan.ts';
import type { PlanLimits } from './plan-limits.ts';

/** Why an entry of a plan is passed over. */
export const PASSED_OVER = [
  'foreign-key',
  'odd-key',
  'bad-ttl',
  'duplicate',
  'evict-and-prefetch',
  'no-value',
  'over-cap',
] as const;

export type PassedOver = (typeof PASSED_OVER)[number];

export interface PrefetchAction {
  readonly key: string;
  /** Whole, within the limits. */
  readonly ttlSeconds: number;
}

/** What of a plan may be carried out, in the plan's order, before the caps. */
export interface PlanActions {
  readonly evict: readonly string[];
  readonly prefetch: readonly PrefetchAction[];
  readonly passedOver: Readonly<Record<PassedOver, number>>;
}

/**
 * Filters a plan: keys of the namespace that can be shown whole, each once. A key that is to be both evicted and loaded is
 * loaded, since that is what the planner wants to find afterwards. The lifetime is clamped; one that is no number refuses
 * its entry.
 *
 * A key is never a pattern here: `item:*` is the one key of that name.
 *
 * Cost: O(n) in the plan's entries.
 */
export function chooseActions(
  plan: Pick<CachePlan, 'evict' | 'prefetch'>,
  limits: PlanLimits,
): PlanActions {
  const passedOver = emptyCounts();
  const prefetch = new Map<string, PrefetchAction>();
  for (const { k, ttl } of plan.prefetch) {
    const fault =
      faultOf(k, limits) ?? faultOfTtl(ttl) ?? (prefetch.has(k) ? 'duplicate' : undefined);
    if (fault !== undefined) passedOver[fault]++;
    else prefetch.set(k, { key: k, ttlSeconds: clampTtl(ttl, limits) });
  }
  const evict = new Set<string>();
  for (const key of plan.evict) {
    const fault = faultOf(key, limits) ?? faultOfEviction(key, evict, prefetch);
    if (fault !== undefined) passedOver[fault]++;
    else evict.add(key);
  }
  return { evict: [...evict], prefetch: [...prefetch.values()], passedOver };
}

export function emptyCounts(): Record<PassedOver, number> {
  return Object.fromEntries(PASSED_OVER.map((reason) => [reason, 0])) as Record<PassedOver, number>;
}

function faultOf(key: string, { namespace }: PlanLimits): PassedOver | undefined {
  if (!key.startsWith(namespace) || key.length === namespace.length) return 'foreign-key';
  return isPlainKey(key) ? undefined : 'odd-key';
}

function faultOfTtl(ttl: number): PassedOver | undefined {
  return typeof ttl !== 'number' || Number.isNaN(ttl) ? 'bad-ttl' : undefined;
}

function faultOfEviction(
  key: string,
  evict: ReadonlySet<string>,
  prefetch: ReadonlyMap<string, unknown>,
): PassedOver | undefined {
  if (evict.has(key)) return 'duplicate';
  return prefetch.has(key) ? 'evict-and-prefetch' : undefined;
}

/** Below the least is the least, for whatever is not positive too; above the most, infinity too, is the most. */
function clampTtl(ttl: number, { leastTtlSeconds, mostTtlSeconds }: PlanLimits): number {
  return Math.trunc(Math.min(Math.max(ttl, leastTtlSeconds), mostTtlSeconds));
}
