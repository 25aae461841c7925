import type { Clock } from '@wavetune/core';
import { encodeCachePlan } from '@wavetune/documents';
import type { CacheState } from '../caches/live-cache.ts';
import type { Aggregator } from '../context/aggregator.ts';
import type { TriggerReason } from '../context/trigger.ts';
import type { WindowContext } from '../context/window-context.ts';
import type { CachePlan } from '../plan/cache-plan.ts';
import type { Planner } from '../planners/planner.ts';
import { askPlanner, emptyRecord, type PlanRecord } from '../replay/steering.ts';
import { createBackOff } from '../transport/back-off.ts';
import type { PlanTransport } from '../transport/plan-transport.ts';
import type { PlanOutcomes } from './plan-outcomes.ts';

export interface RemoteSteeringOptions {
  readonly planner: Planner;
  readonly aggregator: Aggregator;
  readonly transport: PlanTransport;
  readonly outcomes: PlanOutcomes;
  /** After which a planner is told to stop. */
  readonly timeoutMillis: number;
  /** The executor's, as well as clocks agree. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A plan could not be sent; it is tried again until it would come too late. */
  readonly onFailure: (failure: unknown) => void;
}

/** Asks a planner and sends what it answers to executors, beside the traffic. */
export interface RemoteSteering {
  /** The record is filled in as the plan is made, sent and carried out. `busy` where an earlier plan is still under way. */
  endWindow(reason: TriggerReason, state: CacheState): PlanRecord;
  /** Learns what executors did meanwhile. */
  learnOutcomes(): Promise<void>;
  /** Ends what is under way, within five seconds; rejects with what broke a planner, unless all was to end. */
  close(): Promise<void>;
}

/** Records of plans of which nothing was heard. */
const MOST_AWAITED = 100;
const GRACE_MILLIS = 5000;
/** Of a planner's id, which leaves room for when it was sent. */
const LONGEST_ID = 100;

export function createRemoteSteering(given: RemoteSteeringOptions): RemoteSteering {
  const { aggregator, outcomes } = given;
  const grace = new AbortController();
  const options = { ...given, signal: AbortSignal.any([given.signal, grace.signal]) };
  const awaited = new Map<string, PlanRecord>();
  let underWay: Promise<void> | undefined;
  let failure: unknown;
  const ask = async (record: PlanRecord, context: WindowContext): Promise<void> => {
    const answer = await askPlanner(options, context, record);
    if (answer === null) return;
    const plan = datedAnew(answer, options.clock.nowMillis());
    awaited.set(plan.id, record);
    for (const id of [...awaited.keys()].slice(0, -MOST_AWAITED)) awaited.delete(id);
    await send(plan, record, options);
  };
  return {
    endWindow: (reason, { usedBytes, limitBytes, keys }) => {
      if (failure !== undefined) throw failure;
      const pressure = Math.min(1, usedBytes / limitBytes);
      const context = aggregator.close({ pressure, cached: keys });
      const record = emptyRecord(reason, underWay === undefined ? 'waiting' : 'busy');
      if (underWay !== undefined) return record;
      underWay = ask(record, context)
        .catch((cause) => {
          failure = cause;
        })
        .finally(() => {
          underWay = undefined;
        });
      return record;
    },
    learnOutcomes: async () => {
      for (const applied of await outcomes.next()) {
        aggregator.planApplied(applied);
        const record = awaited.get(applied.id);
        if (record === undefined) continue;
        record.outcome = 'carried-out';
        record.evicted = applied.evicted.length;
        record.prefetched = applied.prefetched.length;
        awaited.delete(applied.id);
      }
    },
    close: async () => {
      const timer = setTimeout(() => grace.abort(), GRACE_MILLIS);
      await underWay;
      clearTimeout(timer);
      if (failure !== undefined && !options.signal.aborted) throw failure;
    },
  };
}

/**
 * As of now by the executor's clock, for as long as it should live by that of the events. It is another plan then: an
 * executor that carried it out when the same events were followed before would take it for known.
 */
function datedAnew(plan: CachePlan, created: number): CachePlan {
  const expires = created + Math.round(plan.expires - plan.created);
  return { ...plan, id: `${plan.id.slice(0, LONGEST_ID)}@${created}`, created, expires };
}

/** Given up when it has expired. */
async function send(
  plan: CachePlan,
  record: PlanRecord,
  { transport, clock, signal, onFailure }: RemoteSteeringOptions,
): Promise<void> {
  const text = [...encodeCachePlan(plan)].join('');
  const backOff = createBackOff(Math.random);
  while (clock.nowMillis() < plan.expires && !signal.aborted) {
    try {
      await transport.publish(text);
      return;
    } catch (failure) {
      onFailure(failure);
      await backOff.pause(signal);
    }
  }
  record.outcome = 'expired';
  record.detail = 'it could not be sent';
}
