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

/** Some of a trace's chains, whole, and where its measured part begins. */
export interface ChainSample {
  readonly columns: TraceColumns;
  readonly measureFrom: number;
}

/**
 * A share of the chains, with all that grow from the same first block (see {@link sharedParents}); undefined where none of
 * the measured requests is among them.
 *
 * @throws WavetuneError `cachesim.bad-sampling` for a rate outside (0, 1].
 */
export function sampleChains(
  columns: TraceColumns,
  { measured, rate, seed }: Pick<MiniOptions, 'measured' | 'rate' | 'seed'>,
): ChainSample | undefined {
  checkRate(rate);
  const shared = sharedParents(columns);
  const chosen: number[] = [];
  for (let r = 0; r < Math.min(measured.end, shapeOf(columns).requests); r++) {
    const isEmpty = columns.offsets[r] === columns.offsets[r + 1];
    if (!isEmpty && unitHash(unitOf(columns, shared, r), seed) < rate * 2 ** 32) chosen.push(r);
  }
  const measureFrom = chosen.findIndex((r) => r >= measured.begin);
  if (measureFrom === -1) return undefined;
  return {
    columns: selectRequests(columns, Uint32Array.from(chosen)),
    measureFrom,
  };
}

/** Blocks of a cache that stands for one of `capacityBlocks`: its share, but at least one. */
export function miniCapacity(capacityBlocks: number, rate: number): number {
  return Math.max(1, Math.round(capacityBlocks * rate));
}

/**
 * Estimates any policy's hit-token ratio from a scaled-down cache on a sample of whole chains (Waldspurger et al., ATC
 * 2017). A cache of fewer than one block is simulated as one.
 *
 * @throws WavetuneError `cachesim.bad-sampling` for a rate outside (0, 1].
 */
export function miniSimulate(columns: TraceColumns, options: MiniOptions): MiniResult {
  const sampledCapacityBlocks = miniCapacity(options.capacityBlocks, options.rate);
  const sample = sampleChains(columns, options);
  if (sample === undefined) {
    return { hitRatio: undefined, sampledRequests: 0, sampledCapacityBlocks };
  }
  const { measureFrom } = sample;
  const { hitTokens } = options.simulate(sample.columns, {
    capacityBlocks: sampledCapacityBlocks,
    measureFrom,
  });
  const measured = sample.columns.inputTokens.subarray(measureFrom);
  const inputTokens = measured.reduce((sum, n) => sum + n, 0);
  return {
    hitRatio: inputTokens > 0 ? hitTokens / inputTokens : undefined,
    sampledRequests: measured.length,
    sampledCapacityBlocks,
  };
}
