import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import { DTYPES } from './dtype.ts';
import { gemmSeconds } from './gemm-cost.ts';
import { type GemmGeometry, gemmGeometry } from './gemm-geometry.ts';
import type { GemmShape } from './gemm-shape.ts';
import type { TilePolicy } from './policy.ts';
import {
  type DenseProblem,
  type MoeProblem,
  rankLoads,
  rowBlocksBy,
  type TiledProblem,
} from './problem.ts';

/** Bytes of an activation between kernels, and of an accumulator that blocks add to under split-K. */
const ACTIVATION_BYTES = 2;
const PARTIAL_BYTES = 4;
/** A kernel's launch where it is not hidden. Chosen; the same for every policy, so that no choice depends on it. */
const LAUNCH_SECONDS = 2e-6;

/** The multiplications of a problem under one policy, and what runs around them whatever the policy. */
export interface LayerGeometry {
  readonly gemms: readonly GemmGeometry[];
  /** Read and written by the elementwise kernels around the multiplications. */
  readonly elementwiseBytes: number;
  readonly fused: boolean;
}

/** A problem made ready for many policies. */
export interface PreparedProblem {
  readonly problem: TiledProblem;
  /** Cost: O(1) but for the first policy of each block height. */
  geometry(policy: TilePolicy): LayerGeometry;
  /** Row blocks of that height: GROUP_M beyond them changes nothing. */
  rowBlocks(blockM: number): number;
}

/** Spreads the tokens over the experts once, for every policy that follows. */
export function prepareProblem(device: Device, problem: TiledProblem): PreparedProblem {
  return problem.kind === 'dense' ? prepareDense(device, problem) : prepareMoe(device, problem);
}

/** Seconds of a layer. Cost: O(1). */
export function layerSeconds(device: Device, layer: LayerGeometry, c: CostConstants): number {
  const rate = device.hbmBytesPerSecond * c.elementwiseShare;
  let seconds =
    layer.elementwiseBytes / rate + (layer.fused ? c.layerMicros * 1e-6 : LAUNCH_SECONDS);
  for (const gemm of layer.gemms) seconds += gemmSeconds(device, gemm, c);
  return seconds;
}

function prepareDense(device: Device, problem: DenseProblem): PreparedProblem {
  const dtype = DTYPES[problem.dtype];
  const { m, n, k } = problem;
  const operands = m * k * dtype.activationBytes + n * k * dtype.weightBytes;
  const missShare = missShareOf(device, problem, operands);
  const rowBlocks = (blockM: number) => Math.ceil(m / blockM);
  return {
    problem,
    rowBlocks,
    geometry: (policy) => {
      const shape: GemmShape = {
        rows: m,
        rowBlocks: rowBlocks(policy.blockM),
        groups: 1,
        n,
        k,
        missShare,
      };
      const partials = policy.splitK === 1 ? 0 : (policy.splitK + 1) * m * n * PARTIAL_BYTES;
      return {
        gemms: [gemmGeometry(device, dtype, { shape, policy })],
        elementwiseBytes: m * n * ACTIVATION_BYTES + partials,
        fused: false,
      };
    },
  };
}

function prepareMoe(device: Device, problem: MoeProblem): PreparedProblem {
  const dtype = DTYPES[problem.dtype];
  const { hidden, width } = problem;
  const loads = rankLoads(problem);
  const rows = loads.reduce((left, right) => left + right, 0);
  const rowBlocksOf = rowBlocksBy(loads);
  const weights = loads.length * 3 * hidden * width * dtype.weightBytes;
  const missShare = missShareOf(device, problem, weights);
  const elementwiseBytes = moeElementwiseBytes(problem, rows);
  const groups = loads.length;
  return {
    problem,
    rowBlocks: rowBlocksOf,
    geometry: (policy) => {
      const rowBlocks = rowBlocksOf(policy.blockM);
      const up: GemmShape = { rows, rowBlocks, groups, n: 2 * width, k: hidden, missShare };
      const down: GemmShape = { rows, rowBlocks, groups, n: hidden, k: width, missShare };
      return {
        gemms: [
          gemmGeometry(device, dtype, { shape: up, policy }),
          gemmGeometry(device, dtype, { shape: down, policy }),
        ],
        elementwiseBytes,
        fused: true,
      };
    },
  };
}

/** Gate and up out and in, the activation out and in (requantised), down out and in, the sum over top-k out. */
function moeElementwiseBytes(problem: MoeProblem, rows: number): number {
  const { hidden, width, m } = problem;
  const quantised = 2 * DTYPES[problem.dtype].activationBytes;
  const gateUp = rows * 2 * width * 2 * ACTIVATION_BYTES;
  const activation = rows * width * (ACTIVATION_BYTES + quantised);
  const down = rows * hidden * 2 * ACTIVATION_BYTES;
  return gateUp + activation + down + m * hidden * 2 * ACTIVATION_BYTES;
}

/** Smooth between all hits and all misses around the size of L2. */
function missShareOf(device: Device, problem: TiledProblem, operandBytes: number): number {
  if (problem.l2 === 'cold') return 1;
  const squared = (operandBytes / device.l2Bytes) ** 2;
  return squared / (1 + squared);
}
