import { type LayerProblem, withRows } from './model-problems.ts';
import type { TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';
import type { StepKind, TokenHistogram, Waves } from './schedule.ts';
import type { Strategy } from './strategies/strategy.ts';

/** The M at which engines' tuned files have entries; in between, engines take the nearest. */
export const M_GRID = [
  1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 1536, 2048, 3072, 4096, 8192, 16384,
] as const;

const KINDS: readonly StepKind[] = ['prefill', 'decode', 'mixed'];

/** A layer at one M, and how often the trace runs it. */
export interface TraceProblem {
  readonly layer: string;
  readonly m: number;
  /** Runs of the layer: its count in the model × steps. */
  readonly weight: number;
  readonly problem: TiledProblem;
}

/**
 * The problems that a trace's steps make of a model's layers, by layer and ascending M: each step counts at the grid's
 * nearest M (the smaller where two are as near, as engines look up).
 */
export function traceProblems(
  layers: readonly LayerProblem[],
  waves: Waves,
  grid: readonly number[] = M_GRID,
): readonly TraceProblem[] {
  const tokens = bucketSteps(
    KINDS.map((kind) => waves.byKind[kind]),
    grid,
  );
  const sequences = bucketSteps([waves.drawn], grid);
  return layers.flatMap((layer) =>
    [...(layer.rows === 'tokens' ? tokens : sequences)].map(([m, steps]) => ({
      layer: layer.layer,
      m,
      weight: layer.count * steps,
      problem: withRows(layer, m),
    })),
  );
}

/** Steps by the grid's nearest M, ascending; M without steps are left out. */
export function bucketSteps(
  histograms: readonly TokenHistogram[],
  grid: readonly number[] = M_GRID,
): ReadonlyMap<number, number> {
  const steps = new Map<number, number>();
  for (const { tokens, count } of histograms) {
    for (const [i, size] of tokens.entries()) {
      const m = nearest(grid, size);
      steps.set(m, (steps.get(m) ?? 0) + count[i]);
    }
  }
  return new Map([...steps].sort(([left], [right]) => left - right));
}

/** Modelled time of the whole trace in one layer, under what was decided and under the baseline. */
export interface LayerTotal {
  readonly layer: string;
  readonly seconds: number;
  readonly baselineSeconds: number;
}

/** Sums weighted times by layer, in the order of first appearance. */
export function layerTotals(
  decided: readonly {
    readonly layer: string;
    readonly weight: number;
    readonly seconds: number;
    readonly baselineSeconds: number;
  }[],
): readonly LayerTotal[] {
  const totals = new Map<string, LayerTotal>();
  for (const { layer, weight, seconds, baselineSeconds } of decided) {
    const sum = totals.get(layer) ?? { layer, seconds: 0, baselineSeconds: 0 };
    totals.set(layer, {
      layer,
      seconds: sum.seconds + weight * seconds,
      baselineSeconds: sum.baselineSeconds + weight * baselineSeconds,
    });
  }
  return [...totals.values()];
}

/**
 * What an engine's file holds for one layer: the decided policies at the trace's M, and the default's own at every other
 * M of the grid, so that no M is looked up far from where it was tuned.
 */
export function pinnedPolicies(
  layer: LayerProblem,
  {
    decided,
    strategy,
    grid = M_GRID,
  }: {
    readonly decided: ReadonlyMap<number, TilePolicy>;
    readonly strategy: Strategy;
    readonly grid?: readonly number[];
  },
): ReadonlyMap<number, TilePolicy> {
  const all = [...new Set([...grid, ...decided.keys()])].sort((left, right) => left - right);
  return new Map(all.map((m) => [m, decided.get(m) ?? strategy.choose(withRows(layer, m))]));
}

function nearest(grid: readonly number[], size: number): number {
  return grid.reduce((best, m) => (Math.abs(m - size) < Math.abs(best - size) ? m : best));
}
