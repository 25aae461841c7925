import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import { kernelsError } from './kernels-errors.ts';
import { type LayerGeometry, layerSeconds, prepareProblem } from './layer-cost.ts';
import type { MeasuredPair } from './pairs.ts';
import { samePolicy } from './policy.ts';

/** The gain for which an engine's own choice is left. */
export const DEFAULT_MARGIN = 0.1;
/** A chosen time this much over the newer default's counts as harm. */
const HARM = 0.05;

/** The judged rows, with everything worked out that no constant changes. */
export interface PreparedPairs {
  readonly pairs: readonly MeasuredPair[];
  readonly devices: readonly Device[];
  readonly before: readonly LayerGeometry[];
  readonly after: readonly LayerGeometry[];
  /** Natural logs of the measured seconds. */
  readonly logBefore: Float64Array;
  readonly logAfter: Float64Array;
}

/** How a model's choices turned out; times are compared as ratios, so no row outweighs another. */
export interface PairVerdict {
  readonly n: number;
  /** Geometric mean of chosen over better time, less one. */
  readonly regret: number;
  /** The same of always the newer default, and of always the older. */
  readonly defaultRegret: number;
  readonly oldDefaultRegret: number;
  /** Share of rows whose chosen time is over 5 % above the newer default's. */
  readonly harmShare: number;
  /** Share of rows where the choice is not the newer default. */
  readonly deviates: number;
  /** Root mean square of the log of predicted over measured time, and of the two times' ratio. */
  readonly timeError: number;
  readonly ratioError: number;
}

/** A verdict, and the same by device and by model. */
export interface PairEvaluation extends PairVerdict {
  readonly byDevice: { readonly [device: string]: PairVerdict };
  readonly byModel: { readonly [model: string]: PairVerdict };
}

/**
 * Keeps the rows that are judged (`ep` 1, two different configurations) and works out their geometry.
 *
 * @throws WavetuneError `kernels.no-pairs` where none is left, and what `deviceOf` throws for an unknown device.
 */
export function preparePairs(
  pairs: readonly MeasuredPair[],
  deviceOf: (name: string) => Device,
): PreparedPairs {
  const judged = pairs.filter(
    (pair) => ranksOf(pair) === 1 && !samePolicy(pair.before, pair.after),
  );
  if (judged.length === 0) throw kernelsError('kernels.no-pairs', { rows: pairs.length });
  const devices = judged.map((pair) => deviceOf(pair.device));
  const prepared = judged.map((pair, i) => prepareProblem(devices[i], pair.problem));
  return {
    pairs: judged,
    devices,
    before: judged.map((pair, i) => prepared[i].geometry(pair.before)),
    after: judged.map((pair, i) => prepared[i].geometry(pair.after)),
    logBefore: Float64Array.from(judged, (pair) => Math.log(pair.beforeMillis / 1e3)),
    logAfter: Float64Array.from(judged, (pair) => Math.log(pair.afterMillis / 1e3)),
  };
}

/** The rows for which `keep` is true. */
export function selectPairs(
  prepared: PreparedPairs,
  keep: (pair: MeasuredPair, index: number) => boolean,
): PreparedPairs {
  const chosen = prepared.pairs.flatMap((pair, index) => (keep(pair, index) ? [index] : []));
  return {
    pairs: chosen.map((i) => prepared.pairs[i]),
    devices: chosen.map((i) => prepared.devices[i]),
    before: chosen.map((i) => prepared.before[i]),
    after: chosen.map((i) => prepared.after[i]),
    logBefore: Float64Array.from(chosen, (i) => prepared.logBefore[i]),
    logAfter: Float64Array.from(chosen, (i) => prepared.logAfter[i]),
  };
}

/**
 * Judges the constants: the newer configuration is chosen unless the older is predicted faster by `margin`.
 *
 * Cost: O(rows), about 1 µs each.
 */
export function evaluatePairs(
  prepared: PreparedPairs,
  constants: CostConstants,
  { margin = DEFAULT_MARGIN }: { readonly margin?: number } = {},
): PairEvaluation {
  const predicted = predictPairs(prepared, constants);
  const by = (keyOf: (pair: MeasuredPair) => string) => {
    const indices = Map.groupBy(prepared.pairs.keys(), (i) => keyOf(prepared.pairs[i]));
    const entries = [...indices].sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(
      entries.map(([key, rows]) => [key, verdictOf(prepared, predicted, { rows, margin })]),
    );
  };
  const rows = [...prepared.pairs.keys()];
  return {
    ...verdictOf(prepared, predicted, { rows, margin }),
    byDevice: by((pair) => pair.device),
    byModel: by((pair) => pair.model),
  };
}

function ranksOf({ problem }: MeasuredPair): number {
  return problem.kind === 'moe' ? problem.ep : 1;
}

/** Natural logs of the predicted seconds. */
export interface PairPrediction {
  readonly logBefore: Float64Array;
  readonly logAfter: Float64Array;
}

export function predictPairs(prepared: PreparedPairs, constants: CostConstants): PairPrediction {
  const { devices, before, after } = prepared;
  const logBefore = new Float64Array(devices.length);
  const logAfter = new Float64Array(devices.length);
  for (let i = 0; i < devices.length; i++) {
    logBefore[i] = Math.log(layerSeconds(devices[i], before[i], constants));
    logAfter[i] = Math.log(layerSeconds(devices[i], after[i], constants));
  }
  return { logBefore, logAfter };
}

function verdictOf(
  measured: PreparedPairs,
  predicted: PairPrediction,
  { rows, margin }: { readonly rows: readonly number[]; readonly margin: number },
): PairVerdict {
  const needed = Math.log1p(margin);
  const harmful = Math.log1p(HARM);
  const sums = { chosen: 0, before: 0, after: 0, harm: 0, deviates: 0, time: 0, ratio: 0 };
  for (const i of rows) {
    const a = measured.logBefore[i];
    const b = measured.logAfter[i];
    const best = Math.min(a, b);
    const gain = predicted.logAfter[i] - predicted.logBefore[i];
    const leaves = gain > needed;
    sums.chosen += (leaves ? a : b) - best;
    sums.before += a - best;
    sums.after += b - best;
    sums.harm += leaves && a - b > harmful ? 1 : 0;
    sums.deviates += leaves ? 1 : 0;
    sums.time += ((predicted.logBefore[i] - a) ** 2 + (predicted.logAfter[i] - b) ** 2) / 2;
    sums.ratio += (gain - (b - a)) ** 2;
  }
  const n = rows.length;
  return {
    n,
    regret: Math.expm1(sums.chosen / n),
    defaultRegret: Math.expm1(sums.after / n),
    oldDefaultRegret: Math.expm1(sums.before / n),
    harmShare: sums.harm / n,
    deviates: sums.deviates / n,
    timeError: Math.sqrt(sums.time / n),
    ratioError: Math.sqrt(sums.ratio / n),
  };
}
