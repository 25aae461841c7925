import type { WindowContext } from '../context/window-context.ts';
import type { CachePlan } from '../plan/cache-plan.ts';
import type { Discard } from '../plan/discard.ts';

/** Why a plan is asked for. */
export interface PlanSignal {
  readonly reason: 'events' | 'hit-ratio' | 'pressure' | 'drift';
  /** Ends the planner's work, on a timeout or when the engine stops. */
  readonly abort: AbortSignal;
}

/** Makes plans, off the path of the requests; one that keeps state learns from contexts in their order only. */
export interface Planner {
  readonly name: string;
  /** Rejects only on a bug or a signal that aborted: an answer that is no plan is discarded, and says why. */
  plan(context: WindowContext, signal: PlanSignal): Promise<PlannerAnswer>;
}

export interface PlannerAnswer {
  /** Null where the answer was discarded; a plan may ask for nothing. */
  readonly plan: CachePlan | null;
  /** The attempts that came to nothing, in order; the last one is why there is no plan. */
  readonly discarded: readonly Discard[];
  /** What asking a model took; undefined for planners that ask none. */
  readonly usage?: ModelUsage;
}

export interface ModelUsage {
  /** Requests sent, with those that failed. */
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** By the prices given; 0 without. */
  readonly costDollars: number;
}

/** What comes after a window, for the one planner that may know it. */
export type Future = (context: WindowContext) => FutureTraffic;

export interface FutureTraffic {
  /** In their order, up to some horizon. */
  readonly requests: Iterable<FutureRequest>;
  /** Of a key in the steered cache at the window's end; undefined for all others. */
  ttlLeftSeconds(key: string): number | undefined;
}

export interface FutureRequest {
  readonly key: string;
  readonly timeMillis: number;
}
