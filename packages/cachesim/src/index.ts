export { cachesimError } from './cachesim-errors.ts';
export { type Ceiling, ceilingOf } from './optimum/ceiling.ts';
export type {
  EvictionPolicy,
  ParameterSpec,
  ParameterValues,
  PolicyDescription,
  PolicyInputs,
  PolicySetting,
  PolicySpec,
} from './policies/policy.ts';
export { EVICTION_POLICIES, KNOWN_POLICIES } from './policies/policy-table.ts';
export { replay } from './replay/replay.ts';
export {
  type HitRule,
  type MeasuredWindow,
  measuredWindow,
  type ReplayRequest,
  type ReplayResult,
  type Residency,
} from './replay/replay-request.ts';
export { linkReferences, type ReferenceIndex } from './trace-index/next-use.ts';
