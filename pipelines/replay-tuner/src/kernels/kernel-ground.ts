import { type Device, loadDevice, loadModel, type Model } from '@wavetune/catalog';
import { loadCalibration } from '@wavetune/kernel-input';
import {
  type Calibration,
  checkProblem,
  findStrategy,
  type KernelDtype,
  type LayerProblem,
  modelProblems,
  parseDtype,
  parseRouting,
  type Routing,
  type Strategy,
  withRows,
} from '@wavetune/kernels';
import { type Evidence, loadEvidence } from './evidence.ts';
import type { RawKernelOptions } from './kernel-options.ts';

/** What kernels are tuned for, before any request is read. */
export interface KernelGround {
  readonly device: Device;
  readonly model: Model;
  readonly layers: readonly LayerProblem[];
  readonly dtype: KernelDtype;
  readonly tp: number;
  readonly ep: number;
  readonly routing: Routing;
  readonly strategy: Strategy;
  readonly calibration: Calibration;
  readonly evidence: Evidence;
  readonly margin: number;
  readonly tokenBudget: number;
  readonly maxSequences: number;
  readonly arrivals: 'timed' | 'saturated';
  readonly tritonVersion: string;
}

/** A device and a model that the command line names. */
export interface KernelTarget {
  readonly device: string;
  readonly model: string;
  /** The baseline where none is named. */
  readonly strategy: string;
}

/**
 * Looks everything up that a command line names.
 *
 * @throws WavetuneError as `loadDevice`, `loadModel`, `modelProblems`, `findStrategy`, `loadEvidence`
 */
export async function loadKernelGround(
  raw: RawKernelOptions,
  target: KernelTarget,
): Promise<KernelGround> {
  const strategy = findStrategy(raw.strategy ?? target.strategy);
  const routing = parseRouting(raw.routing);
  const [device, model] = await Promise.all([loadDevice(target.device), loadModel(target.model)]);
  const dtype = dtypeOf(raw.dtype, model);
  const { tp, ep } = raw;
  const layers = modelProblems(model, { tp, ep, dtype, routing, l2: 'cold' });
  for (const layer of layers) checkProblem(withRows(layer, 1));
  const calibration = await loadCalibration(raw.calibration);
  return {
    ...{ device, model, layers, dtype, tp, ep, routing, strategy, calibration },
    evidence: await loadEvidence(raw, { device, layers, tp }),
    margin: raw.margin,
    tokenBudget: raw['token-budget'],
    maxSequences: raw['max-sequences'],
    arrivals: raw.arrivals === 'saturated' ? 'saturated' : 'timed',
    tritonVersion: raw['triton-version'],
  };
}

/** Checkpoints that carry a scale for each block run other kernels than those with one for each tensor. */
function dtypeOf(text: string, { fp8BlockShape }: Model): KernelDtype {
  if (text !== 'fp8') return parseDtype(text);
  return fp8BlockShape === undefined ? 'fp8_w8a8' : 'fp8_w8a8_block';
}
