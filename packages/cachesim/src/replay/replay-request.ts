import { shapeOf, type TraceColumns } from '@wavetune/core';
import { cachesimError } from '../cachesim-errors.ts';
import type { ParameterValues, PolicyInputs } from '../policies/policy.ts';

/** `closed`: a resident block's parent is resident, so only a leaf may leave. `free`: any block may. */
export type Residency = 'closed' | 'free';

/** `continuous`: a block counts only if every block before it in the request is resident. `independent`: each resident block counts. */
export type HitRule = 'continuous' | 'independent';

/** One simulation. */
export interface ReplayRequest {
  readonly policy: string;
  /** What is left out takes the policy's initial value. */
  readonly parameters?: ParameterValues;
  readonly capacityBlocks: number;
  /** Left out: `closed`. */
  readonly residency?: Residency;
  /** Left out: `continuous`. */
  readonly hits?: HitRule;
  /** First request that is counted; the cache is warm from request 0. Left out: 0. */
  readonly measureFrom?: number;
  readonly inputs?: PolicyInputs;
}

/** What one simulation gave; every count is of the measured window. */
export interface ReplayResult {
  readonly policy: string;
  readonly parameters: ParameterValues;
  readonly capacityBlocks: number;
  readonly residency: Residency;
  readonly hits: HitRule;
  readonly measureFrom: number;
  readonly requests: number;
  readonly blockReferences: number;
  readonly inputTokens: number;
  readonly hitBlocks: number;
  readonly hitTokens: number;
  readonly evictions: number;
}

/** What the measured window holds. */
export interface MeasuredWindow {
  readonly measureFrom: number;
  readonly requests: number;
  readonly blockReferences: number;
  readonly inputTokens: number;
}

/**
 * The requests from `measureFrom` on.
 *
 * @throws WavetuneError `cachesim.length-only` for a trace without blocks, `cachesim.empty-window`.
 */
export function measuredWindow(columns: TraceColumns, measureFrom: number): MeasuredWindow {
  const { requests, references } = shapeOf(columns);
  if (!Number.isInteger(measureFrom) || measureFrom < 0 || measureFrom >= requests) {
    throw cachesimError('cachesim.empty-window', { measureFrom, requests });
  }
  if (references === 0) throw cachesimError('cachesim.length-only', { requests });
  let inputTokens = 0;
  for (let r = measureFrom; r < requests; r++) inputTokens += columns.inputTokens[r];
  return {
    measureFrom,
    requests: requests - measureFrom,
    blockReferences: references - columns.offsets[measureFrom],
    inputTokens,
  };
}

/** @throws WavetuneError `cachesim.bad-capacity` */
export function checkCapacity(capacityBlocks: number): void {
  if (!Number.isInteger(capacityBlocks) || capacityBlocks < 1) {
    throw cachesimError('cachesim.bad-capacity', { found: capacityBlocks });
  }
}
