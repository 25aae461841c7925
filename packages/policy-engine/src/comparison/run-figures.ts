import type { CacheComparison } from '@wavetune/documents';
import type { CacheCounts } from '../caches/live-cache.ts';
import type { CacheWindow, Replayed, WindowRecord } from '../replay/replay-events.ts';
import type { PlanRecord } from '../replay/steering.ts';
import { differenceInterval, type Interval, ratioInterval, type Sampling } from './intervals.ts';
import { latencyOf } from './quantiles.ts';
import { type RequestTrace, requestHits } from './request-trace.ts';
import type { SimulatedPolicies } from './simulate-policies.ts';

type Run = CacheComparison['runs'][number];
type DocumentWindow = Run['windows'][number];

/** One planner's replay of the stream. */
export interface PlannerReplay {
  readonly planner: string;
  /** It knows the future. */
  readonly isBound: boolean;
  readonly replayed: Replayed;
}

/** What all runs are judged by. */
export interface Judging {
  readonly requests: RequestTrace;
  readonly simulated: SimulatedPolicies | undefined;
  readonly sampling: Sampling;
  readonly dollarsPerLoad: number;
}

/** Groups that a window's requests are drawn in. */
const WINDOW_GROUPS = 20;

/** The figures of one run, as `cache-comparison/1` has them. */
export function runFigures({ planner, isBound, replayed }: PlannerReplay, judging: Judging): Run {
  const { requests, simulated, sampling } = judging;
  const { windows } = replayed;
  const steered = requestHits(requests, replayed.hits.steered);
  const baseline = requestHits(requests, replayed.hits.baseline);
  const difference = knownInterval(differenceInterval(requests.trace, steered, baseline, sampling));
  return {
    planner,
    isBound,
    hitRatio: asRatio(knownInterval(ratioInterval(requests.trace, steered, sampling))),
    difference: asDifference(difference),
    verdict: difference.low > 0 ? 'beats' : difference.high < 0 ? 'loses' : 'same',
    againstPolicies: [...(simulated?.hits ?? [])].map(([policy, theirs]) => ({
      policy,
      difference: asDifference(
        knownInterval(differenceInterval(requests.trace, steered, theirs, sampling)),
      ),
    })),
    counts: totalCounts(windows.map((window) => window.steered)),
    ...planFigures(windows),
    cost: costOf(windows, judging.dollarsPerLoad),
    windows: documentWindows(replayed, judging),
  };
}

/** There are at least two groups: whoever set the sampling saw to it. */
export function knownInterval(interval: Interval | undefined): Interval {
  if (interval === undefined) throw new Error('an interval over fewer than two groups');
  return interval;
}

export function asRatio({ value, low, high }: Interval) {
  return { ratio: value, low, high };
}

export function asDifference({ value, low, high }: Interval) {
  return { difference: value, low, high };
}

export function totalCounts(windows: readonly CacheWindow[]): CacheCounts {
  const total = (name: keyof CacheCounts): number =>
    windows.reduce((sum, { counts }) => sum + counts[name], 0);
  return {
    requests: total('requests'),
    hits: total('hits'),
    requestedBytes: total('requestedBytes'),
    hitBytes: total('hitBytes'),
    loads: total('loads'),
    evictions: total('evictions'),
    expirations: total('expirations'),
  };
}

function planFigures(
  windows: readonly WindowRecord[],
): Pick<Run, 'plans' | 'plannerLatency' | 'executor' | 'tokens'> {
  const plans = windows.flatMap(({ plan }) => plan ?? []);
  const sum = (of: (plan: PlanRecord) => number): number =>
    plans.reduce((total, plan) => total + of(plan), 0);
  const count = (outcome: PlanRecord['outcome']): number =>
    plans.filter((plan) => plan.outcome === outcome).length;
  const applied = plans.flatMap(({ applyMillis }) => applyMillis ?? []);
  const keys = sum(({ evicted, prefetched }) => evicted + prefetched);
  const applyMillis = applied.reduce((total, millis) => total + millis, 0);
  return {
    plans: {
      asked: plans.length,
      carriedOut: count('carried-out'),
      expired: count('expired'),
      discarded: count('discarded'),
      busy: count('busy'),
      evicted: sum(({ evicted }) => evicted),
      prefetched: sum(({ prefetched }) => prefetched),
      passedOver: sum(({ passedOver }) => passedOver),
    },
    plannerLatency: latencyOf(
      plans.flatMap(({ outcome, plannerMillis }) => (outcome === 'busy' ? [] : [plannerMillis])),
    ),
    executor: {
      transactions: applied.length,
      keys,
      keysPerSecond: applyMillis > 0 ? (1000 * keys) / applyMillis : null,
      latency: latencyOf(applied),
    },
    tokens: {
      input: sum(({ inputTokens }) => inputTokens),
      output: sum(({ outputTokens }) => outputTokens),
    },
  };
}

function costOf(windows: readonly WindowRecord[], dollarsPerLoad: number): Run['cost'] {
  const steered = totalCounts(windows.map((window) => window.steered));
  const baseline = totalCounts(windows.map((window) => window.baseline));
  const plannerDollars = windows.reduce((sum, { plan }) => sum + (plan?.costDollars ?? 0), 0);
  const perThousand = (amount: number): number => (1000 * amount) / steered.requests;
  return {
    plannerDollars,
    loadsPerThousand: perThousand(steered.loads),
    baselineLoadsPerThousand: perThousand(baseline.loads),
    dollarsPerThousand: perThousand(plannerDollars + steered.loads * dollarsPerLoad),
    baselineDollarsPerThousand: perThousand(baseline.loads * dollarsPerLoad),
  };
}

function documentWindows(
  { windows, hits }: Replayed,
  { requests, sampling }: Judging,
): readonly DocumentWindow[] {
  const [baseline, steered] = [hits.baseline, hits.steered].map((of) => requestHits(requests, of));
  let begin = 0;
  return windows.map((window) => {
    const measured = { begin, end: begin + window.steered.counts.requests };
    begin = measured.end;
    const own: Sampling = { measured, groups: WINDOW_GROUPS, confidence: sampling.confidence };
    const difference = differenceInterval(requests.trace, steered, baseline, own);
    return {
      window: window.window,
      fromMillis: window.fromMillis,
      toMillis: window.toMillis,
      events: window.range.end - window.range.begin,
      baseline: documentCache(window.baseline, ratioInterval(requests.trace, baseline, own)),
      steered: documentCache(window.steered, ratioInterval(requests.trace, steered, own)),
      difference: difference === undefined ? null : asDifference(difference),
      plan: window.plan === undefined ? null : documentPlan(window.plan),
    };
  });
}

function documentCache(
  { counts, usedBytes, serverBytes, keys }: CacheWindow,
  ratio: Interval | undefined,
): DocumentWindow['baseline'] {
  const { requests, hits, evictions } = counts;
  const hitRatio = ratio === undefined ? null : asRatio(ratio);
  return { requests, hits, hitRatio, usedBytes, serverBytes, keys, evictions };
}

function documentPlan({ reason, outcome, evicted, prefetched, detail }: PlanRecord) {
  return { reason, outcome, evicted, prefetched, detail: detail ?? null };
}
