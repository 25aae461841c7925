import type { RequestRange } from '@wavetune/core';
import type { CacheComparison } from '@wavetune/documents';
import type { CacheRules } from '../caches/cache-rules.ts';
import { KEY_OVERHEAD_BYTES } from '../caches/simulated-cache.ts';
import { eventCount } from '../events/event-columns.ts';
import type { EventStream } from '../events/event-stream.ts';
import { comparisonError } from './comparison-errors.ts';
import { differenceInterval, ratioInterval, type Sampling } from './intervals.ts';
import { type RequestTrace, requestHits, requestTraceOf } from './request-trace.ts';
import {
  asDifference,
  asRatio,
  type Judging,
  knownInterval,
  type PlannerReplay,
  runFigures,
  totalCounts,
} from './run-figures.ts';
import { type SimulatedPolicies, simulatePolicies } from './simulate-policies.ts';
import { verdictOf } from './verdict.ts';

/** What was replayed, and how it is to be judged. */
export interface ComparisonOptions {
  readonly stream: EventStream;
  readonly rules: CacheRules;
  readonly speed: number | undefined;
  readonly steering: CacheComparison['steering'];
  /** Share of the requests before those that are measured. */
  readonly measureFrom: number;
  /** Of a value fetched from behind the cache. */
  readonly dollarsPerLoad: number;
}

const GROUPS = 50;
/** That an interval of one comparison misses the truth; shared out among the planners that are judged (Bonferroni). */
const ERROR_RATE = 0.05;

/**
 * Judges replays of one stream, the same baseline in each, as `cache-comparison/1`.
 *
 * @param replays - At least one; the first one's baseline stands for all.
 * @throws WavetuneError `comparison.too-few-requests`.
 */
export function compareReplays(
  replays: readonly PlannerReplay[],
  options: ComparisonOptions,
): CacheComparison {
  const { stream, rules, measureFrom, dollarsPerLoad } = options;
  const requests = requestTraceOf(stream.columns);
  const sampling = samplingOf(requests, measureFrom, replays);
  const simulated = simulatePolicies(requests, rules.limitBytes);
  const judging: Judging = { requests, simulated, sampling, dollarsPerLoad };
  const runs = replays.map((replay) => runFigures(replay, judging));
  const { hits, windows } = replays[0].replayed;
  const baseline = requestHits(requests, hits.baseline);
  const ratio = knownInterval(ratioInterval(requests.trace, baseline, sampling));
  return {
    schema: 'cache-comparison/1',
    stream: streamFigures(stream, requests),
    caches: cacheFigures(options),
    steering: options.steering,
    measured: {
      from: measureFrom,
      requests: sampling.measured.end - sampling.measured.begin,
      confidence: sampling.confidence,
      groups: sampling.groups,
    },
    baseline: {
      hitRatio: asRatio(ratio),
      counts: totalCounts(windows.map((window) => window.baseline)),
    },
    simulated: simulated === undefined ? null : policyFigures(simulated, baseline, judging),
    runs,
    verdict: verdictOf(runs),
  };
}

/**
 * Those of so many requests that are judged.
 *
 * @throws WavetuneError `comparison.too-few-requests`.
 */
export function measuredOf(all: number, measureFrom: number): RequestRange {
  const begin = Math.floor(all * measureFrom);
  if (all - begin < 2) {
    const details = { requests: all - begin, from: measureFrom };
    throw comparisonError('comparison.too-few-requests', details);
  }
  return { begin, end: all };
}

function samplingOf(
  { events }: RequestTrace,
  measureFrom: number,
  replays: readonly PlannerReplay[],
): Sampling {
  const measured = measuredOf(events.length, measureFrom);
  const judged = replays.filter(({ planner, isBound }) => !isBound && planner !== 'none').length;
  return {
    measured,
    groups: Math.min(GROUPS, measured.end - measured.begin),
    confidence: 1 - ERROR_RATE / Math.max(1, judged),
  };
}

function streamFigures(
  { columns, source, badRecords, outOfOrder }: EventStream,
  { trace, events }: RequestTrace,
): CacheComparison['stream'] {
  const count = eventCount(columns);
  return {
    source,
    events: count,
    requests: events.length,
    distinctItems: trace.parents.length,
    requestedBytes: events.reduce((sum, event) => sum + columns.sizeBytes[event], 0),
    fromMillis: columns.timeMillis[0],
    toMillis: columns.timeMillis[count - 1],
    badRecords,
    outOfOrder,
  };
}

function cacheFigures({ rules, speed }: ComparisonOptions): CacheComparison['caches'] {
  return {
    limitBytes: rules.limitBytes,
    keyOverheadBytes: KEY_OVERHEAD_BYTES,
    eviction: rules.eviction,
    clock: speed === undefined ? 'trace' : 'wall',
    speed: speed ?? null,
    ttl: { ...rules.ttl },
  };
}

function policyFigures(
  { capacityItems, hits }: SimulatedPolicies,
  baseline: Float64Array,
  { requests, sampling }: Judging,
): CacheComparison['simulated'] {
  const { trace, meanItemBytes } = requests;
  const { begin, end } = sampling.measured;
  return {
    capacityItems,
    meanItemBytes,
    policies: [...hits].map(([policy, answered]) => ({
      policy,
      isBound: policy === 'optimum',
      hits: answered.subarray(begin, end).reduce((sum, hit) => sum + hit, 0),
      hitRatio: asRatio(knownInterval(ratioInterval(trace, answered, sampling))),
      overBaseline: asDifference(
        knownInterval(differenceInterval(trace, answered, baseline, sampling)),
      ),
    })),
  };
}
