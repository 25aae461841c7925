import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import { DTYPES } from './dtype.ts';
import { findInfeasibility, type Infeasibility } from './feasibility.ts';
import {
  copyLatencySeconds,
  fullWaveOf,
  gemmSeconds,
  type StepTerms,
  stepTerms,
  tailOf,
} from './gemm-cost.ts';
import type { GemmGeometry } from './gemm-geometry.ts';
import { layerSeconds, prepareProblem } from './layer-cost.ts';
import { type Occupancy, occupancyOf } from './occupancy.ts';
import type { TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';

/** One multiplication's cost, term by term; all times in seconds. */
export interface GemmExplanation {
  readonly tiles: number;
  readonly steps: number;
  readonly ctasPerSm: number;
  readonly fullWaves: number;
  readonly tailTiles: number;
  /** Of one step of a full wave, or of the tail where there is no full wave. */
  readonly terms: StepTerms;
  /** The term that is largest. */
  readonly bound: keyof StepTerms;
  readonly copyLatency: number;
  readonly seconds: number;
}

/** What a policy takes and why. */
export interface CostExplanation {
  readonly seconds: number;
  readonly gemms: readonly GemmExplanation[];
  /** Launches and elementwise kernels, the same for every policy. */
  readonly aroundSeconds: number;
  readonly occupancy: Occupancy;
  readonly infeasible: Infeasibility | undefined;
}

/** The cost of `policy` for `problem` with every term side by side. */
export function explainCost(
  device: Device,
  {
    problem,
    policy,
    constants,
  }: {
    readonly problem: TiledProblem;
    readonly policy: TilePolicy;
    readonly constants: CostConstants;
  },
): CostExplanation {
  const layer = prepareProblem(device, problem).geometry(policy);
  const gemms = layer.gemms.map((gemm) => explainGemm(device, gemm, constants));
  const seconds = layerSeconds(device, layer, constants);
  const inGemms = gemms.reduce((sum, gemm) => sum + gemm.seconds, 0);
  return {
    seconds,
    gemms,
    aroundSeconds: seconds - inGemms,
    occupancy: occupancyOf(device, DTYPES[problem.dtype], { policy, vectorised: true }),
    infeasible: findInfeasibility(device, problem.dtype, policy),
  };
}

function explainGemm(device: Device, g: GemmGeometry, c: CostConstants): GemmExplanation {
  const terms = stepTerms(device, g, c, g.fullWaves > 0 ? fullWaveOf(g) : tailOf(device, g));
  const names = Object.keys(terms) as (keyof StepTerms)[];
  return {
    tiles: g.tiles,
    steps: g.steps,
    ctasPerSm: g.ctasPerSm,
    fullWaves: g.fullWaves,
    tailTiles: g.tailTiles,
    terms,
    bound: names.reduce((best, name) => (terms[name] > terms[best] ? name : best)),
    copyLatency: copyLatencySeconds(g, c),
    seconds: gemmSeconds(device, g, c),
  };
}
