import type { Clock } from '@wavetune/core';
import type { CacheState, LiveCache } from '../caches/live-cache.ts';
import type { Aggregator } from '../context/aggregator.ts';
import type { TriggerReason } from '../context/trigger.ts';
import type { WindowContext } from '../context/window-context.ts';
import { chooseActions, PASSED_OVER, type PassedOver } from '../executor/choose-actions.ts';
import type { PlanLimits } from '../executor/plan-limits.ts';
import type { CachePlan } from '../plan/cache-plan.ts';
import type { Planner, PlannerAnswer } from '../planners/planner.ts';

/** Who plans, within which limits, and how long a plan takes to arrive. */
export interface SteeringOptions {
  readonly planner: Planner;
  readonly aggregator: Aggregator;
  readonly limits: PlanLimits;
  /** By the trace's clock, from a window's end until its plan is carried out. */
  readonly delayMillis: number;
  /** After which a planner is told to stop. */
  readonly timeoutMillis: number;
  /** Of what a prefetch loads. */
  readonly sizeOf: (key: string) => number;
  /** True where traffic goes on while a planner thinks; otherwise the trace's clock stands still meanwhile. */
  readonly isConcurrent: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What became of the plan that a window's context led to. */
export interface PlanRecord {
  readonly reason: TriggerReason;
  /** `busy`: the planner still worked on an earlier window; `discarded`: its answer was no plan; `expired`: too late. */
  outcome: 'carried-out' | 'expired' | 'discarded' | 'busy' | 'waiting';
  plannerMillis: number;
  evicted: number;
  prefetched: number;
  /** Entries that the filter passed over. */
  passedOver: number;
  /** Of the one transaction. */
  applyMillis: number | undefined;
  inputTokens: number;
  outputTokens: number;
  costDollars: number;
  /** Why nothing came of it. */
  detail: string | undefined;
}

/** Asks the planner at the ends of windows and carries out what it answers, between events. */
export interface Steering {
  /** Ends the window; the record is filled in when the plan arrives and is carried out. */
  endWindow(reason: TriggerReason, state: CacheState): Promise<PlanRecord>;
  /** Carries out the plans that are due. */
  carryOutDue(nowMillis: number, steered: LiveCache): Promise<void>;
}

interface Waiting {
  readonly plan: CachePlan;
  readonly dueMillis: number;
  readonly record: PlanRecord;
}

export function createSteering(options: SteeringOptions): Steering {
  const { aggregator, isConcurrent, delayMillis } = options;
  const waiting: Waiting[] = [];
  let failure: unknown;
  let isBusy = false;
  return {
    endWindow: async (reason, { usedBytes, limitBytes, keys }) => {
      if (failure !== undefined) throw failure;
      const context = aggregator.close({
        pressure: Math.min(1, usedBytes / limitBytes),
        cached: keys,
      });
      const record = emptyRecord(reason, isBusy ? 'busy' : 'waiting');
      if (isBusy) return record;
      isBusy = true;
      const asked = askPlanner(options, context, record).then((plan) => {
        isBusy = false;
        if (plan === null) return;
        waiting.push({ plan, dueMillis: context.toMillis + delayMillis, record });
      });
      if (isConcurrent)
        asked.catch((cause) => {
          failure = cause;
        });
      else await asked;
      return record;
    },
    carryOutDue: async (nowMillis, steered) => {
      while (waiting.length > 0 && waiting[0].dueMillis <= nowMillis) {
        await carryOut(options, waiting.shift() as Waiting, { nowMillis, steered });
      }
    },
  };
}

export function emptyRecord(reason: TriggerReason, outcome: PlanRecord['outcome']): PlanRecord {
  return {
    ...{ reason, outcome, plannerMillis: 0, evicted: 0, prefetched: 0, passedOver: 0 },
    ...{ applyMillis: undefined, inputTokens: 0, outputTokens: 0, costDollars: 0 },
    detail: undefined,
  };
}

/** The plan, or null where there is none; the record says what asking took, and why nothing came of it. */
export async function askPlanner(
  {
    planner,
    clock,
    timeoutMillis,
    signal,
  }: Pick<SteeringOptions, 'planner' | 'clock' | 'timeoutMillis' | 'signal'>,
  context: WindowContext,
  record: PlanRecord,
): Promise<CachePlan | null> {
  const startMillis = clock.monotonicMillis();
  const abort = AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]);
  const answer = await planner.plan(context, { reason: record.reason, abort }).catch((cause) => {
    if (signal.aborted || !abort.aborted) throw cause;
    const detail = `no answer within ${timeoutMillis} ms`;
    return { plan: null, discarded: [{ kind: 'timeout', detail }] } satisfies PlannerAnswer;
  });
  record.plannerMillis = clock.monotonicMillis() - startMillis;
  const usage = 'usage' in answer ? answer.usage : undefined;
  record.inputTokens = usage?.inputTokens ?? 0;
  record.outputTokens = usage?.outputTokens ?? 0;
  record.costDollars = usage?.costDollars ?? 0;
  if (answer.plan !== null) return answer.plan;
  const last = answer.discarded.at(-1);
  record.outcome = 'discarded';
  record.detail = last === undefined ? 'no reason given' : `${last.kind}: ${last.detail}`;
  return null;
}

async function carryOut(
  { limits, sizeOf, aggregator }: SteeringOptions,
  { plan, record }: Waiting,
  { nowMillis, steered }: { readonly nowMillis: number; readonly steered: LiveCache },
): Promise<void> {
  if (plan.expires <= nowMillis) {
    record.outcome = 'expired';
    return;
  }
  const { evict, prefetch, passedOver } = chooseActions(plan, limits);
  const loads = prefetch.slice(0, limits.mostPrefetches);
  const { evicted, prefetched, roundTripMillis } = await steered.apply(
    {
      evict,
      mostEvictions: limits.mostEvictions,
      prefetch: loads.map(({ key, ttlSeconds }) => ({ key, ttlSeconds, sizeBytes: sizeOf(key) })),
    },
    nowMillis,
  );
  aggregator.planApplied({ id: plan.id, evicted, prefetched });
  record.outcome = 'carried-out';
  record.evicted = evicted.length;
  record.prefetched = prefetched.length;
  record.passedOver = PASSED_OVER.reduce(
    (sum, reason: PassedOver) => sum + passedOver[reason],
    prefetch.length - loads.length,
  );
  record.applyMillis = roundTripMillis;
}
