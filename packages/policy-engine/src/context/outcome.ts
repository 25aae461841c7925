import type { PlanOutcome } from './window-context.ts';

/** What an executor did for a plan, after its own filters and caps. */
export interface AppliedPlan {
  readonly id: string;
  readonly evicted: readonly string[];
  readonly prefetched: readonly string[];
}

/** Follows what became of the keys of the last plan that was carried out. */
export interface OutcomeWatch {
  /** From here on the keys of this plan are followed, and no others. */
  applied(plan: AppliedPlan): void;
  /** A request of the steered cache. */
  observe(key: string, isHit: boolean): void;
  outcome(): PlanOutcome | null;
}

export function createOutcomeWatch(): OutcomeWatch {
  let plan: AppliedPlan | undefined;
  let evicted = new Set<string>();
  let prefetched = new Set<string>();
  let prefetchedUsed = 0;
  let evictedMissed = 0;
  return {
    applied(next) {
      plan = next;
      evicted = new Set(next.evicted);
      prefetched = new Set(next.prefetched);
      prefetchedUsed = 0;
      evictedMissed = 0;
    },
    observe(key, isHit) {
      if (prefetched.delete(key) && isHit) prefetchedUsed++;
      if (evicted.delete(key) && !isHit) evictedMissed++;
    },
    outcome() {
      if (plan === undefined) return null;
      return {
        id: plan.id,
        evicted: plan.evicted.length,
        prefetched: plan.prefetched.length,
        prefetchedUsed,
        evictedMissed,
      };
    },
  };
}
