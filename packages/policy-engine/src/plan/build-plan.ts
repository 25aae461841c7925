import { canonicalJson, sha256Hex } from '@wavetune/core';
import type { WindowContext } from '../context/window-context.ts';
import type { CachePlan, PrefetchEntry } from './cache-plan.ts';

/** What plans of a planner keep to. */
export interface PlanBounds {
  readonly evictions: number;
  readonly prefetches: number;
  /** Of a prefetched key. */
  readonly ttlSeconds: number;
  /** How long after its window a plan may still be carried out. */
  readonly lifetimeMillis: number;
}

/** As many as an executor carries out; hot keys for as long as it lets any stay. */
export const PLAN_BOUNDS: PlanBounds = {
  evictions: 20,
  prefetches: 20,
  ttlSeconds: 3600,
  lifetimeMillis: 5 * 60_000,
};

/** What a planner asks for, the most important first. */
export interface PlanWish {
  readonly evict: readonly string[];
  readonly prefetch: readonly PrefetchEntry[];
}

/**
 * A plan for the window after `context`. Its id is made from what it says, so that the same answer to the same window is
 * the same plan.
 */
export function buildPlan(
  planner: string,
  context: WindowContext,
  wish: PlanWish,
  lifetimeMillis: number,
): CachePlan {
  const plan = {
    schema: 'cache-plan/1' as const,
    window: context.window,
    created: context.toMillis,
    expires: context.toMillis + lifetimeMillis,
    evict: wish.evict,
    prefetch: wish.prefetch,
  };
  const digest = sha256Hex(canonicalJson({ ...plan, planner })).slice(0, 16);
  return { ...plan, id: `${planner}-${context.window}-${digest}` };
}
