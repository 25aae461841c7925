import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@wavetune/core';
import type { CacheComparison } from '@wavetune/documents';
import type { CacheRules } from '../caches/cache-rules.ts';
import { openCaches } from '../caches/open-caches.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { ADAPTIVE_DEFAULTS, adaptiveTrigger } from '../context/adaptive-trigger.ts';
import { type Aggregator, createAggregator } from '../context/aggregator.ts';
import { AGGREGATOR_DEFAULTS, type WindowEnd } from '../context/aggregator-options.ts';
import { everyEvents, type Trigger } from '../context/trigger.ts';
import { type EventColumns, eventCount } from '../events/event-columns.ts';
import type { EventStream } from '../events/event-stream.ts';
import { keyOf } from '../events/item-key.ts';
import type { PlanLimits } from '../executor/plan-limits.ts';
import { PLAN_BOUNDS } from '../plan/build-plan.ts';
import type { ModelOptions } from '../planners/llm/model-options.ts';
import type { Future, FutureRequest } from '../planners/planner.ts';
import { createPlanner, PLANNERS } from '../planners/planners.ts';
import { fullSpeed, type Pace, wallClockPace } from '../replay/pace.ts';
import { type Replayed, replayEvents, type WindowRecord } from '../replay/replay-events.ts';
import { createSteering } from '../replay/steering.ts';
import { compareReplays, measuredOf } from './compare.ts';
import type { PlannerReplay } from './run-figures.ts';

/** When windows end: after so many events, or when the traffic changes. */
export type TriggerChoice =
  | { readonly kind: 'events'; readonly count: number }
  | { readonly kind: 'adaptive' };

export interface ComparePlannersOptions {
  readonly stream: EventStream;
  /** Names of planners; each replays the whole stream. */
  readonly planners: readonly string[];
  readonly baselineUrl: string;
  readonly steeredUrl: string;
  readonly rules: CacheRules;
  /** Seconds of the trace in a second; undefined for as fast as it goes, by the trace's clock. */
  readonly speed: number | undefined;
  readonly trigger: TriggerChoice;
  readonly limits: PlanLimits;
  /** By the trace's clock, from a window's end until its plan is carried out. */
  readonly delayMillis: number;
  readonly plannerTimeoutMillis: number;
  readonly catalog: Catalog;
  /** Most tokens of the context that every planner sees, as `AggregatorOptions` has it. */
  readonly tokenBudget: number;
  /** For the planner `llm`. */
  readonly model: ModelOptions | undefined;
  /** Of a prefetched item that the stream does not have. */
  readonly valueBytes: number;
  /** Share of the requests before those that are measured. */
  readonly measureFrom: number;
  readonly dollarsPerLoad: number;
  readonly signal: AbortSignal;
  /** Called between ranges of events; throws to end it all. */
  readonly onProgress: (planner: string, eventsDone: number) => void;
  readonly onWindow: (planner: string, window: WindowRecord) => void;
}

/** Events that are served between two looks at the clock. */
const MOST_RANGE = 20_000;
/** Ranges where windows may end anywhere, or plans arrive late; divides the adaptive trigger's steps. */
const FINE_RANGE = ADAPTIVE_DEFAULTS.stepEvents / 4;

/**
 * Replays a stream once for each planner, on a steered cache beside a baseline, and judges them.
 *
 * @throws WavetuneError `cache.*`, `planner.*`, `comparison.too-few-requests`.
 */
export async function comparePlanners(options: ComparePlannersOptions): Promise<CacheComparison> {
  const { isRequest } = options.stream.columns;
  measuredOf(
    isRequest.reduce((sum, is) => sum + is, 0),
    options.measureFrom,
  );
  const replays: PlannerReplay[] = [];
  for (const planner of options.planners) {
    const isBound = PLANNERS.some(({ name, needs }) => name === planner && needs === 'future');
    replays.push({ planner, isBound, replayed: await replayPlanner(planner, options) });
  }
  const { stream, rules, speed, limits, delayMillis, trigger } = options;
  return compareReplays(replays, {
    ...{ stream, rules, speed },
    steering: {
      trigger:
        trigger.kind === 'events' ? `every ${evenly(trigger.count).window} events` : 'adaptive',
      delayMillis,
      mostEvictions: limits.mostEvictions,
      mostPrefetches: limits.mostPrefetches,
    },
    measureFrom: options.measureFrom,
    dollarsPerLoad: options.dollarsPerLoad,
  });
}

async function replayPlanner(name: string, options: ComparePlannersOptions): Promise<Replayed> {
  const { stream, baselineUrl, steeredUrl, rules, speed, catalog, tokenBudget, signal } = options;
  const { columns } = stream;
  let served = 0;
  const pace = followed(paceOf(options), (end) => {
    served = end;
  });
  let cached: WindowEnd['cached'] = [];
  const future: Future = ({ events }) => {
    const ttls = new Map(Iterator.from(cached).map((one) => [one.key, one.ttlLeftSeconds]));
    return {
      requests: requestsIn(columns, served, served + events),
      ttlLeftSeconds: (key) => ttls.get(key),
    };
  };
  const planner = createPlanner(name, {
    bounds: boundsOf(options.limits),
    ...(options.model !== undefined && { model: options.model }),
    future,
  });
  const aggregator = watched(
    createAggregator({ ...AGGREGATOR_DEFAULTS, catalog, tokenBudget }),
    (end) => {
      cached = end.cached;
    },
  );
  const steering = createSteering({
    ...{ planner, aggregator, limits: options.limits, delayMillis: options.delayMillis },
    timeoutMillis: options.plannerTimeoutMillis,
    sizeOf: sizesOf(columns, options.valueBytes),
    isConcurrent: speed !== undefined,
    clock: systemClock,
    signal,
  });
  const caches = await openCaches({ baselineUrl, steeredUrl, speed, ...rules });
  try {
    return await replayEvents({
      ...{ columns, caches, aggregator, steering, pace, trigger: triggerOf(options.trigger) },
      checkpoint: (events) => options.onProgress(name, events),
      onWindow: (window) => options.onWindow(name, window),
    });
  } finally {
    await caches.close();
  }
}

function boundsOf({ mostEvictions, mostPrefetches, mostTtlSeconds }: PlanLimits) {
  const ttlSeconds = Math.min(PLAN_BOUNDS.ttlSeconds, mostTtlSeconds);
  return { ...PLAN_BOUNDS, evictions: mostEvictions, prefetches: mostPrefetches, ttlSeconds };
}

function triggerOf(choice: TriggerChoice): Trigger {
  return choice.kind === 'events' ? everyEvents(evenly(choice.count).window) : adaptiveTrigger();
}

function paceOf(options: ComparePlannersOptions): Pace {
  const { speed, trigger, delayMillis, signal } = options;
  if (speed !== undefined) {
    return wallClockPace(speed, systemClock, (millis) => sleep(millis, undefined, { signal }));
  }
  if (trigger.kind === 'adaptive' || delayMillis > 0) return fullSpeed(FINE_RANGE);
  return fullSpeed(evenly(trigger.count).range);
}

/** Equal ranges that make up a window, which grows by less than the number of its ranges. */
function evenly(windowEvents: number): { readonly range: number; readonly window: number } {
  const ranges = Math.ceil(windowEvents / MOST_RANGE);
  const range = Math.ceil(windowEvents / ranges);
  return { range, window: range * ranges };
}

function followed(pace: Pace, onServed: (end: number) => void): Pace {
  return {
    next: async (columns, begin) => {
      const range = await pace.next(columns, begin);
      onServed(range.end);
      return range;
    },
  };
}

function watched(aggregator: Aggregator, onEnd: (end: WindowEnd) => void): Aggregator {
  return {
    ...aggregator,
    close: (end) => {
      onEnd(end);
      return aggregator.close(end);
    },
  };
}

function* requestsIn(columns: EventColumns, begin: number, end: number): Iterable<FutureRequest> {
  for (let i = begin; i < Math.min(end, eventCount(columns)); i++) {
    if (columns.isRequest[i] === 0) continue;
    const key = keyOf(columns.names.items[columns.items[i]]);
    yield { key, timeMillis: columns.timeMillis[i] };
  }
}

/** The size at which the stream first has an item; the same for all that it has not. */
function sizesOf(columns: EventColumns, valueBytes: number): (key: string) => number {
  const sizes = new Map<string, number>();
  const known = new Uint8Array(columns.names.items.length);
  columns.items.forEach((item, i) => {
    if (known[item] === 1 || columns.isRequest[i] === 0) return;
    known[item] = 1;
    sizes.set(keyOf(columns.names.items[item]), columns.sizeBytes[i]);
  });
  return (key) => sizes.get(key) ?? valueBytes;
}
