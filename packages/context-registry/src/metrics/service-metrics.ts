import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { MODES } from '../memory/pressure-mode.ts';
import type { ServiceStats } from '../server/service-answers.ts';
import { addLegacyMetrics } from './legacy-metrics.ts';
import { addCounter, addGauge, type Reading } from './readings.ts';

/** What the service counts of itself. No label names a tenant, an agent or a context. */
export interface ServiceMetrics {
  readonly countCall: (call: string, status: number, tookMillis: number) => void;
  /** In Prometheus' text format. */
  readonly render: () => Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly stats: () => ServiceStats;
  /** The names of the system that this one replaces as well, so that its dashboards go on. */
  readonly withLegacyNames: boolean;
}

const PREFIX = 'context_registry_';
const CALL_SECONDS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

const GAUGES: readonly Reading[] = [
  { name: 'contexts', help: 'Registered contexts', read: ({ registry }) => registry.contexts },
  { name: 'agents', help: 'Agents that own a context', read: ({ registry }) => registry.agents },
  { name: 'tokens', help: 'Tokens of all contexts', read: ({ registry }) => registry.tokens },
  {
    name: 'distinct_blocks',
    help: 'KV blocks, those that contexts share counted once',
    read: ({ registry }) => registry.distinctBlocks,
  },
  {
    name: 'resident_bytes',
    help: 'KV cache of the distinct blocks',
    read: ({ registry }) => registry.residentBytes,
  },
  {
    name: 'index_bytes',
    help: 'Memory of this process for the indexes over exact and near blocks',
    read: ({ registry }) => registry.indexBytes,
  },
  {
    name: 'shared_tokens',
    help: 'Tokens that contexts save each other by exact prefixes',
    read: ({ registry }) => registry.savedTokens,
  },
  {
    name: 'pressure_ratio',
    help: 'Memory pressure at the last step',
    read: ({ memory }) => memory?.pressure,
  },
  {
    name: 'mode',
    help: '1 for the mode of the last step',
    label: 'mode',
    read: ({ memory }) =>
      memory && Object.fromEntries(MODES.map((mode) => [mode, mode === memory.mode ? 1 : 0])),
  },
  {
    name: 'budget_blocks',
    help: 'KV blocks that the budget holds',
    read: ({ memory }) => memory?.budgetBlocks,
  },
  {
    name: 'offloaded_contexts',
    help: 'Contexts that lie in files',
    read: ({ memory }) => memory?.offloadedContexts,
  },
  {
    name: 'prediction_error',
    help: 'Mean absolute error of predicted shares of reuse',
    read: ({ shareability }) => shareability.meanError,
  },
];

const COUNTERS: readonly Reading[] = [
  {
    name: 'questions_total',
    help: 'Questions by whether something of the prompt was held exactly',
    label: 'outcome',
    read: ({ asked }) => ({ hit: asked.hits, miss: asked.misses }),
  },
  {
    name: 'asked_tokens_total',
    help: 'Tokens of prompts that were asked about',
    read: ({ asked }) => asked.promptTokens,
  },
  {
    name: 'saved_tokens_total',
    help: 'Of those, tokens held exactly in full blocks',
    read: ({ asked }) => asked.savedTokens,
  },
  {
    name: 'evictions_total',
    help: 'Contexts evicted, by the mode or by admission',
    label: 'cause',
    read: ({ memory }) => memory?.evictions,
  },
  {
    name: 'offloads_total',
    help: 'Contexts moved into files',
    read: ({ memory }) => memory?.offloads,
  },
  {
    name: 'brought_back_total',
    help: 'Contexts that came back from files',
    read: ({ memory }) => memory?.broughtBack,
  },
  {
    name: 'refusals_total',
    help: 'Registrations that memory refused',
    read: ({ memory }) => memory?.refusals,
  },
  {
    name: 'failed_embeddings_total',
    help: 'Times that the embedder failed',
    read: ({ failedEmbeddings }) => failedEmbeddings,
  },
];

export function createServiceMetrics({ stats, withLegacyNames }: MetricsOptions): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const reading of GAUGES) addGauge(registry, PREFIX, reading, stats);
  for (const reading of COUNTERS) addCounter(registry, PREFIX, reading, stats);
  const calls = new Histogram({
    name: `${PREFIX}call_seconds`,
    help: 'Time of a call, by call and status',
    labelNames: ['call', 'status'],
    buckets: CALL_SECONDS,
    registers: [registry],
  });
  const countLegacy = withLegacyNames ? addLegacyMetrics(registry, stats) : undefined;
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    countCall: (call, status, tookMillis) => {
      calls.observe({ call, status }, tookMillis / 1000);
      countLegacy?.(call, tookMillis);
    },
  };
}
