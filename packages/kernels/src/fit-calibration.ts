import type { Task } from '@wavetune/core';
import { CONSTANT_RANGES, type CostConstants } from './calibration.ts';
import { minimiseInBox } from './cma-es.ts';
import type { Device } from './device.ts';
import {
  DEFAULT_MARGIN,
  evaluatePairs,
  type PairVerdict,
  type PreparedPairs,
  predictPairs,
  preparePairs,
  selectPairs,
} from './evaluate-pairs.ts';
import type { MeasuredPair } from './pairs.ts';

/** Constants fitted with one model's rows left out, or with none. */
export interface FitJob {
  readonly leftOut: string | null;
  readonly seed: number;
}

/** Fits to run over one set of rows. */
export interface FitInput {
  readonly pairs: readonly MeasuredPair[];
  /** By the name that the pairs use. */
  readonly devices: { readonly [name: string]: Device };
  readonly jobs: readonly FitJob[];
  readonly evaluations: number;
  /** Every how many-th row is fitted on; all are judged. */
  readonly stride: number;
}

/** A job's constants, judged on the rows left out (on all where none were). */
export interface FitResult {
  readonly job: FitJob;
  readonly constants: CostConstants;
  readonly objective: number;
  readonly verdict: PairVerdict;
}

/** Spreads fits over threads; the order of the results is that of (model left out, seed). */
export const fitCalibrationTask: Task<FitInput, readonly FitResult[]> = {
  name: 'kernels/fit-calibration',
  split: (input, parts) => {
    const count = Math.max(1, Math.min(parts, input.jobs.length));
    return Array.from({ length: count }, (_, part) => ({
      ...input,
      jobs: input.jobs.filter((__, i) => i % count === part),
    }));
  },
  run: (input) => {
    const prepared = preparePairs(input.pairs, (name) => input.devices[name]);
    return input.jobs.map((job) => fitOne(prepared, input, job));
  },
  merge: (left, right) => [...left, ...right].sort((a, b) => compareJobs(a.job, b.job)),
};

function compareJobs(left: FitJob, right: FitJob): number {
  const [a, b] = [left.leftOut ?? '', right.leftOut ?? ''];
  return a === b ? left.seed - right.seed : a < b ? -1 : 1;
}

function fitOne(all: PreparedPairs, input: FitInput, job: FitJob): FitResult {
  const kept = selectPairs(all, (pair) => pair.model !== job.leftOut);
  const fitted = selectPairs(kept, (_, index) => index % input.stride === 0);
  const start = pointOf(startConstants());
  const minimum = minimiseInBox(
    (point) => fitObjective(fitted, constantsAt(point)) + PRIOR_WEIGHT * spreadOf(point, start),
    {
      start,
      spread: 0.15,
      evaluations: input.evaluations,
      seed: job.seed,
    },
  );
  const constants = roundedConstants(constantsAt(minimum.point));
  const judged =
    job.leftOut === null ? all : selectPairs(all, (pair) => pair.model === job.leftOut);
  const { byDevice: _, byModel: __, ...verdict } = evaluatePairs(judged, constants);
  return { job, constants, objective: minimum.value, verdict };
}

/** How much each error weighs beside the ratio's: absolute time keeps constants physical, regret is the goal. */
const TIME_WEIGHT = 0.2;
const REGRET_WEIGHT = 40;
/** How much a step away from the published order of magnitude weighs. */
const PRIOR_WEIGHT = 1;
/** Log-ratio over which a decision blurs from one side to the other, so that the search has a slope to follow. */
const BLUR = 0.05;
/** Squared log errors beyond this count no further: a mispredicted spill is not worth the rest of the fit. */
const LARGEST_ERROR = 1;

/** Error of the ratio, of the time, and the regret of a decision blurred around the margin. */
export function fitObjective(rows: PreparedPairs, constants: CostConstants): number {
  const predicted = predictPairs(rows, constants);
  const needed = Math.log1p(DEFAULT_MARGIN);
  let ratio = 0;
  let time = 0;
  let regret = 0;
  for (let i = 0; i < rows.devices.length; i++) {
    const a = rows.logBefore[i];
    const b = rows.logAfter[i];
    const gain = predicted.logAfter[i] - predicted.logBefore[i];
    const leaves = 1 / (1 + Math.exp((needed - gain) / BLUR));
    ratio += Math.min(LARGEST_ERROR, (gain - (b - a)) ** 2);
    time += (predicted.logAfter[i] - b) ** 2;
    regret += leaves * Math.max(0, a - b) + (1 - leaves) * Math.max(0, b - a);
  }
  const n = rows.devices.length;
  return Math.sqrt(ratio / n) + TIME_WEIGHT * Math.sqrt(time / n) + (REGRET_WEIGHT * regret) / n;
}

/** Mean squared distance from the start: what the rows do not tell stays at what vendors and microbenchmarks state. */
function spreadOf(point: readonly number[], start: readonly number[]): number {
  return point.reduce((sum, value, i) => sum + (value - start[i]) ** 2, 0) / point.length;
}

/** Where a search starts. */
export function startConstants(): CostConstants {
  return constantsFrom((range) => range.start);
}

/** A point of the unit box as constants, logarithmically between their bounds. */
function constantsAt(point: readonly number[]): CostConstants {
  return constantsFrom(({ low, high }, i) => low * (high / low) ** point[i]);
}

function pointOf(constants: CostConstants): readonly number[] {
  return CONSTANT_RANGES.map(
    ({ name, low, high }) => Math.log(constants[name] / low) / Math.log(high / low),
  );
}

/** Four figures: what a reader can compare, and more than the fit knows. */
function roundedConstants(constants: CostConstants): CostConstants {
  return constantsFrom(({ name, low, high }) =>
    Math.min(high, Math.max(low, Number(constants[name].toPrecision(4)))),
  );
}

function constantsFrom(
  constantOf: (range: (typeof CONSTANT_RANGES)[number], index: number) => number,
): CostConstants {
  return Object.fromEntries(
    CONSTANT_RANGES.map((range, index) => [range.name, constantOf(range, index)]),
  ) as unknown as CostConstants;
}
