import { createRng, NONE, type RequestRange, type TraceColumns } from '@wavetune/core';
import { cachesimError } from '../cachesim-errors.ts';

/** How sure a difference of hit ratios is. */
export interface RatioDifference {
  /** Ratio of `ours` less ratio of `theirs`, on the measured window. */
  readonly difference: number;
  /** Standard deviation of the replicates. */
  readonly standardError: number;
  /** Percentile interval of the replicates. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly replicates: number;
  /** Groups that were drawn from. */
  readonly groups: number;
}

export interface BootstrapOptions {
  readonly measured: RequestRange;
  /** What is drawn as one: neighbouring requests of this number, or whole sessions (a request without one is its own). */
  readonly by:
    | { readonly kind: 'requests'; readonly count: number }
    | { readonly kind: 'sessions' };
  readonly seed: number;
  /** Left out: 2,000. */
  readonly replicates?: number;
  /** Left out: 0.95. */
  readonly confidence?: number;
}

/**
 * A paired block bootstrap (Efron 1979; blocks: Künsch 1989, not overlapping here) of the difference between two hit-token
 * ratios on the same requests: groups are drawn with replacement, hit and input tokens of both sides with them.
 *
 * Neighbouring requests share prefixes, so single requests are no independent draws; groups longer than a typical reuse
 * are. Cost: O(groups) a replicate.
 *
 * @param ours - Hit tokens of every request; shape `[requests]`.
 * @param theirs - Likewise.
 * @throws WavetuneError `cachesim.too-few-groups` for fewer than two groups.
 */
export function bootstrapDifference(
  columns: TraceColumns,
  ours: Float64Array,
  theirs: Float64Array,
  options: BootstrapOptions,
): RatioDifference {
  const { replicates = 2000, confidence = 0.95 } = options;
  const { gains, inputs } = sumsByGroup(columns, ours, theirs, options);
  const groups = gains.length;
  if (groups < 2) throw cachesimError('cachesim.too-few-groups', { groups });
  const rng = createRng(options.seed);
  const drawn = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    let gain = 0;
    let input = 0;
    for (let i = 0; i < groups; i++) {
      const group = rng.nextBelow(groups);
      gain += gains[group];
      input += inputs[group];
    }
    drawn[replicate] = input > 0 ? gain / input : 0;
  }
  drawn.sort();
  const tail = (1 - confidence) / 2;
  return {
    difference: sum(gains) / sum(inputs),
    standardError: deviationOf(drawn),
    low: drawn[Math.floor(tail * (replicates - 1))],
    high: drawn[Math.ceil((1 - tail) * (replicates - 1))],
    confidence,
    replicates,
    groups,
  };
}

function sumsByGroup(
  columns: TraceColumns,
  ours: Float64Array,
  theirs: Float64Array,
  { measured, by }: BootstrapOptions,
) {
  const groupOfSession = new Map<number, number>();
  const gains: number[] = [];
  const inputs: number[] = [];
  for (let r = measured.begin; r < measured.end; r++) {
    const session = columns.sessions[r];
    const next = gains.length;
    let group = by.kind === 'requests' ? Math.floor((r - measured.begin) / by.count) : next;
    if (by.kind === 'sessions' && session !== NONE) {
      group = groupOfSession.get(session) ?? next;
      groupOfSession.set(session, group);
    }
    gains[group] = (gains[group] ?? 0) + ours[r] - theirs[r];
    inputs[group] = (inputs[group] ?? 0) + columns.inputTokens[r];
  }
  return { gains: Float64Array.from(gains), inputs: Float64Array.from(inputs) };
}

function deviationOf(values: Float64Array): number {
  const mean = sum(values) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
