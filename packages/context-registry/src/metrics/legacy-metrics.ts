import { Histogram, type Registry } from 'prom-client';
import type { MemoryStats } from '../memory/memory-cache.ts';
import { MODES } from '../memory/pressure-mode.ts';
import type { ServiceStats } from '../server/service-answers.ts';
import { addCounter, addGauge, type Reading } from './readings.ts';

const PREFIX = 'contextforge_';
const LATENCY_MILLIS = [0.1, 0.5, 1, 2, 5, 10, 25, 50, 100];
const GIGABYTE = 1e9;

/** As the source says; the budget where there is none. */
function usage({ reading, residentBlocks, budgetBlocks }: MemoryStats, usedBytes: number) {
  if (reading !== undefined) return reading;
  const totalBytes = residentBlocks === 0 ? 0 : (usedBytes / residentBlocks) * budgetBlocks;
  return { usedBytes, totalBytes };
}

const GAUGES: readonly Reading[] = [
  {
    name: 'registry_entries',
    help: 'Active entries in the registry',
    label: 'cache_type',
    read: ({ registry }) => ({ vram_aware: registry.contexts }),
  },
  {
    name: 'vram_pressure_ratio',
    help: 'Memory pressure, 0 to 1',
    read: ({ memory }) => memory?.pressure,
  },
  {
    name: 'vram_used_gb',
    help: 'Memory used, in gigabytes',
    read: ({ memory, registry }) =>
      memory && usage(memory, registry.residentBytes).usedBytes / GIGABYTE,
  },
  {
    name: 'vram_available_gb',
    help: 'Memory not used, in gigabytes',
    read: ({ memory, registry }) => {
      if (memory === undefined) return undefined;
      const { usedBytes, totalBytes } = usage(memory, registry.residentBytes);
      return (totalBytes - usedBytes) / GIGABYTE;
    },
  },
  {
    name: 'eviction_mode_code',
    help: '0 relaxed, 1 normal, 2 pressure, 3 critical, 4 emergency',
    read: ({ memory }) => memory && MODES.indexOf(memory.mode),
  },
];

const COUNTERS: readonly Reading[] = [
  {
    name: 'cache_hits_total',
    help: 'Questions with an exact prefix; near matches are no hits here',
    read: ({ asked }) => asked.hits,
  },
  {
    name: 'cache_misses_total',
    help: 'Questions without one',
    read: ({ asked }) => asked.misses,
  },
  {
    name: 'evictions_total',
    help: 'Entries evicted',
    label: 'reason',
    read: ({ memory }) => memory?.evictions,
  },
  {
    name: 'tokens_evicted_total',
    help: 'Tokens of evicted entries',
    label: 'eviction_mode',
    read: ({ memory }) => memory?.evictedTokens,
  },
];

/**
 * Metrics under the names of the system before, where they have the same meaning. What it counted of compression, of its
 * pipeline and by agent has no counterpart here and is missing; hits count exact prefixes, which is stricter.
 */
export function addLegacyMetrics(
  registry: Registry,
  stats: () => ServiceStats,
): (call: string, tookMillis: number) => void {
  for (const reading of GAUGES) addGauge(registry, PREFIX, reading, stats);
  for (const reading of COUNTERS) addCounter(registry, PREFIX, reading, stats);
  const latency = new Histogram({
    name: `${PREFIX}dedup_latency_ms`,
    help: 'Time of a match, in milliseconds',
    buckets: LATENCY_MILLIS,
    registers: [registry],
  });
  return (call, tookMillis) => {
    if (call === '/match' || call === 'match_context') latency.observe(tookMillis);
  };
}
