import { loadDevice } from '@wavetune/catalog';
import type { Engine } from '@wavetune/engine';
import { optimizePlan } from '@wavetune/ir';
import { loadCalibration } from '@wavetune/kernel-input';
import type { StagingPolicy } from '@wavetune/kernels';
import type { PlanMetrics } from '@wavetune/metrics';
import {
  bindPlan,
  costOptionsOf,
  costPlan,
  filesIn,
  type InputFile,
  inputFilesOf,
  type PlanFile,
  requireBound,
  type TableFiles,
} from '@wavetune/plan-input';
import type { RawOptions } from '../options.ts';
import { replayTunerError } from '../replay-tuner-errors.ts';
import { type DatajaxHalf, datajaxHalfOf } from './datajax-half.ts';
import type { PlanStrategy } from './plan-options.ts';
import { type PlanGround, type TunedMovement, tunePlan } from './tune-plan.ts';

/** All that a run over a plan found. */
export interface PlanTuning {
  readonly path: string;
  readonly format: PlanFile['format'];
  readonly strategy: PlanStrategy;
  readonly ground: PlanGround;
  readonly inputs: readonly InputFile[];
  /** Of the plan as it runs. */
  readonly metrics: PlanMetrics;
  /** Empty where datajax's formula was asked for: it says one tile for the whole plan. */
  readonly movements: readonly TunedMovement[];
  readonly datajax: DatajaxHalf;
}

/** What a run over a plan is given. */
export interface PlanRequest {
  readonly raw: RawOptions;
  readonly path: string;
  readonly file: PlanFile;
  readonly files: TableFiles;
  readonly strategy: PlanStrategy;
}

/** Whose table row is taken where the command line names none. */
const DEFAULT_DEVICE = 'H100';
/** datajax's policies name no warps; what it stages for has four. */
const DATAJAX_WARPS = 4;

/**
 * Binds the plan, measures it, and chooses how everything that it moves is staged. datajax's formula needs the rows of the
 * input alone; where another table has none, the plan is not run and its figures stay estimates.
 *
 * @throws WavetuneError `plan-input.*`, `ir.*`, `metrics.*`, `engine.*`, and as `loadDevice`, `loadCalibration`
 */
export async function tunePlanFile(engine: Engine, request: PlanRequest): Promise<PlanTuning> {
  const { raw, path, file, files, strategy } = request;
  const ground = await groundOf(raw);
  const cost = costOptionsOf(raw, raw.seed);
  const { worldSize, counters } = cost;
  const bound = await bindPlan(file, { files, worldSize, engine });
  if (strategy === 'modelled') requireBound(bound);
  const plan = optimizePlan(bound.plan);
  const runs = bound.unbound.length === 0;
  const metrics = await costPlan(plan, { ...cost, engine, runs });
  const datajax = await datajaxHalfOf({ file, plan: bound.plan, worldSize, counters, engine });
  if (strategy === 'datajax' && 'absent' in datajax) {
    throw replayTunerError('replay-tuner.no-datajax-policy', { path, reason: datajax.absent });
  }
  const movements =
    strategy === 'modelled'
      ? tunePlan(plan, metrics, { ...ground, heuristic: heuristicOf(datajax) })
      : [];
  const inputs = await inputFilesOf([path, ...filesIn(bound.plan)]);
  const { format } = file;
  return { path, format, strategy, ground, inputs, metrics, movements, datajax };
}

async function groundOf(raw: RawOptions): Promise<PlanGround> {
  const [device, calibration] = await Promise.all([
    loadDevice(raw.device ?? DEFAULT_DEVICE),
    loadCalibration(raw.calibration),
  ]);
  return { device, calibration, margin: raw.margin };
}

/** datajax's tile as a staging: BM rows, BK bytes of each, its depth. */
function heuristicOf(datajax: DatajaxHalf): StagingPolicy | undefined {
  if ('absent' in datajax) return undefined;
  const { BM, BK, stage_depth } = datajax.policy;
  return { blockRows: BM, blockBytes: BK, stages: stage_depth, warps: DATAJAX_WARPS };
}
