import { type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';
import { checkRate, sharedParents, unitHash, unitOf } from './sample-units.ts';
import { selectRequests } from './select-requests.ts';

/** Hits of a replay in the window from a request on. */
export interface SampledHits {
  readonly hitBlocks: number;
  readonly hitTokens: number;
}

export interface MiniOptions {
  readonly measured: RequestRange;
  readonly rate: number;
  readonly seed: number;
  readonly capacityBlocks: number;
  /** Replays `columns` in a cache of `capacityBlocks` and counts from request `measureFrom` on. */
  readonly simulate: (
    columns: TraceColumns,
    run: { readonly capacityBlocks: number; readonly measureFrom: number },
  ) => SampledHits;
}

export interface MiniResult {
  /** Undefined where no measured request was sampled. */
  readonly hitRatio: number | undefined;
  readonly sampledRequests: number;
  readonly sampledCapacityBlocks: number;
}

/**
 * Estimates any policy's hit-token ratio from a scaled-down cache on a sample of whole chains (Waldspurger et al., ATC
 * 2017). A cache of fewer than one block is simulated as one.
 *
 * @throws WavetuneError `cachesim.bad-sampling` for a rate outside (0, 1].
 */
export function miniSimulate(columns: TraceColumns, options: MiniOptions): MiniResult {
  const { measured, rate, seed } = options;
  checkRate(rate);
  const shared = sharedParents(columns);
  const chosen: number[] = [];
  for (let r = 0; r < Math.min(measured.end, shapeOf(columns).requests); r++) {
    const isEmpty = columns.offsets[r] === columns.offsets[r + 1];
    if (!isEmpty && unitHash(unitOf(columns, shared, r), seed) < rate * 2 ** 32) chosen.push(r);
  }
  const measureFrom = chosen.findIndex((r) => r >= measured.begin);
  const sampledCapacityBlocks = Math.max(1, Math.round(options.capacityBlocks * rate));
  if (measureFrom === -1) return { hitRatio: undefined, sampledRequests: 0, sampledCapacityBlocks };
  const sample = selectRequests(columns, Uint32Array.from(chosen));
  const { hitTokens } = options.simulate(sample, {
    capacityBlocks: sampledCapacityBlocks,
    measureFrom,
  });
  const inputTokens = sample.inputTokens.subarray(measureFrom).reduce((sum, n) => sum + n, 0);
  return {
    hitRatio: inputTokens > 0 ? hitTokens / inputTokens : undefined,
    sampledRequests: chosen.length - measureFrom,
    sampledCapacityBlocks,
  };
}
