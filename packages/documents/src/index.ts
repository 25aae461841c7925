export {
  type CacheComparison,
  decodeCacheComparison,
  encodeCacheComparison,
} from './cache-comparison/cache-comparison.ts';
export {
  type CachePlan,
  decodeCachePlan,
  encodeCachePlan,
  type PrefetchEntry,
} from './cache-plan/cache-plan.ts';
export {
  type CacheReplay,
  decodeCacheReplay,
  encodeCacheReplay,
} from './cache-replay/cache-replay.ts';
export type {
  EngineAdvice,
  EngineChoice,
  EngineExporter,
  EngineFile,
  RetentionRule,
} from './engine-files/engine-exporter.ts';
export { ENGINE_EXPORTERS } from './engine-files/engine-exporters.ts';
export { EXPORT_DEFAULTS, type ExportFormat, type ExportOptions } from './export/export-format.ts';
export { EXPORT_FORMATS } from './export/export-formats.ts';
export {
  decodePlanMetrics,
  encodePlanMetrics,
  type PlanMetricsDocument,
} from './plan-metrics/plan-metrics.ts';
export { decodePolicies, encodePolicies, type Policies } from './policies/policies.ts';
export type { Cohort, Extent } from './wavespec/cohort.ts';
export type { Meta } from './wavespec/meta.ts';
export { WAVE_TILES, type Wave } from './wavespec/wave.ts';
export {
  type AnyWaveSpec,
  type DatajaxWaveSpec,
  decodeWaveSpec,
  encodeWaveSpec,
  isWaveSpec,
  type WaveSpec,
} from './wavespec/wave-spec.ts';
