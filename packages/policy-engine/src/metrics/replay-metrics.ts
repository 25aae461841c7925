import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CacheWindow, WindowRecord } from '../replay/replay-events.ts';

/** What a replay counts of itself, window by window. No label names an item or a user. */
export interface ReplayMetrics {
  observeWindow(planner: string, window: WindowRecord): void;
  /** In Prometheus' text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

const PREFIX = 'cache_policy_';
const PLANNER_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60];
const APPLY_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1];

export function createReplayMetrics(): ReplayMetrics {
  const registry = new Registry();
  const observeCaches = cacheMetrics(registry);
  const observePlan = planMetrics(registry);
  return {
    observeWindow: (planner, window) => {
      observeCaches(planner, window);
      observePlan(planner, window);
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type Observe = (planner: string, window: WindowRecord) => void;

function cacheMetrics(registry: Registry): Observe {
  const common = { labelNames: ['planner', 'cache'], registers: [registry] };
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `${PREFIX}${name}`, help, ...common });
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `${PREFIX}${name}`, help, ...common });
  const requests = counter('requests_total', 'Requests that a cache was asked');
  const hits = counter('hits_total', 'Requests that it answered');
  const hitBytes = counter('hit_bytes_total', 'Bytes that it answered');
  const loads = counter('loads_total', 'Values fetched from behind it: misses and prefetches');
  const evictions = counter('evictions_total', 'Keys that left for room');
  const expirations = counter('expirations_total', 'Keys whose time to live was over');
  const ratio = gauge('window_hit_ratio', 'Share of the last window that it answered');
  const used = gauge('used_bytes', 'Memory in use as the rule counts it');
  const keys = gauge('keys', 'Keys in it');
  return (planner, window) => {
    for (const cache of ['baseline', 'steered'] as const) {
      const { counts, usedBytes, keys: count }: CacheWindow = window[cache];
      const labels = { planner, cache };
      requests.inc(labels, counts.requests);
      hits.inc(labels, counts.hits);
      hitBytes.inc(labels, counts.hitBytes);
      loads.inc(labels, counts.loads);
      evictions.inc(labels, counts.evictions);
      expirations.inc(labels, counts.expirations);
      if (counts.requests > 0) ratio.set(labels, counts.hits / counts.requests);
      used.set(labels, usedBytes);
      keys.set(labels, count);
    }
  };
}

/** A plan is counted a window later, when it was carried out or not. */
function planMetrics(registry: Registry): Observe {
  const registers = [registry];
  const plans = new Counter({
    name: `${PREFIX}plans_total`,
    help: 'Plans by what became of them',
    labelNames: ['planner', 'outcome'],
    registers,
  });
  const keys = new Counter({
    name: `${PREFIX}plan_keys_total`,
    help: 'Keys that plans evicted and prefetched',
    labelNames: ['planner', 'kind'],
    registers,
  });
  const tokens = new Counter({
    name: `${PREFIX}planner_tokens_total`,
    help: 'Tokens that a model read and wrote',
    labelNames: ['planner', 'kind'],
    registers,
  });
  const plannerSeconds = new Histogram({
    name: `${PREFIX}planner_seconds`,
    help: 'From a context to its plan',
    labelNames: ['planner'],
    buckets: PLANNER_SECONDS,
    registers,
  });
  const applySeconds = new Histogram({
    name: `${PREFIX}apply_seconds`,
    help: 'One transaction that carries a plan out',
    labelNames: ['planner'],
    buckets: APPLY_SECONDS,
    registers,
  });
  let before: { readonly planner: string; readonly window: WindowRecord } | undefined;
  return (planner, window) => {
    const plan = before?.planner === planner ? before.window.plan : undefined;
    before = { planner, window };
    if (plan === undefined) return;
    plans.inc({ planner, outcome: plan.outcome });
    keys.inc({ planner, kind: 'evicted' }, plan.evicted);
    keys.inc({ planner, kind: 'prefetched' }, plan.prefetched);
    tokens.inc({ planner, kind: 'input' }, plan.inputTokens);
    tokens.inc({ planner, kind: 'output' }, plan.outputTokens);
    plannerSeconds.observe({ planner }, plan.plannerMillis / 1000);
    if (plan.applyMillis !== undefined) applySeconds.observe({ planner }, plan.applyMillis / 1000);
  };
}
