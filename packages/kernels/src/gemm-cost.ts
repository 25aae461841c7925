import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import type { GemmGeometry } from './gemm-geometry.ts';

/** Warp schedulers of an SM. */
const SCHEDULERS = 4;
const SHARED_BYTES_PER_CLOCK = 128;
const L2_BYTES_PER_CLOCK = 64;

/** Seconds that each resource needs for one step along K of the tiles that run at once. */
export interface StepTerms {
  /** Tensor cores of the busiest SM. */
  readonly compute: number;
  readonly shared: number;
  readonly l2: number;
  readonly hbm: number;
  /** Rescales of block-scaled formats. */
  readonly rescale: number;
  /** A copy's latency over the copies in flight. */
  readonly latency: number;
  /** What one block does in order: barrier, dependent instructions, element-wise copies. */
  readonly chain: number;
}

/** A wave of tiles: how many run on the busiest SM, and what they fetch a step. */
export interface Wave {
  readonly tilesPerSm: number;
  readonly hbmBytes: number;
}

/**
 * Seconds of one grouped multiplication: full waves and a tail.
 *
 * A tile takes its steps and one more (the pipeline fills), the first copy's latency, and a fixed start and end. A step
 * takes the 4-norm of its terms: they overlap, and near ties they get in each other's way.
 *
 * Cost: O(1).
 */
export function gemmSeconds(device: Device, g: GemmGeometry, c: CostConstants): number {
  let seconds = 0;
  if (g.fullWaves > 0) seconds += g.fullWaves * waveSeconds(device, g, c, fullWaveOf(g));
  if (g.tailTiles > 0) seconds += waveSeconds(device, g, c, tailOf(device, g));
  return seconds;
}

export function fullWaveOf(g: GemmGeometry): Wave {
  return { tilesPerSm: g.ctasPerSm, hbmBytes: g.fullWaveBytes };
}

export function tailOf(device: Device, g: GemmGeometry): Wave {
  return { tilesPerSm: Math.ceil(g.tailTiles / device.sms), hbmBytes: g.tailBytes };
}

/** The terms of one step, of which `gemmSeconds` takes the norm. */
export function stepTerms(
  device: Device,
  g: GemmGeometry,
  c: CostConstants,
  wave: Wave,
): StepTerms {
  const clock = device.clockHz;
  const { tilesPerSm, hbmBytes } = wave;
  const mma = g.mmaSeconds / (g.nativeMma ? c.mmaShare : c.mmaSyncShare);
  const pressure = 1 + (g.stagedElements / c.scalarPressure) ** 2;
  const inOrder =
    c.stepClocks + c.chainClocks * g.chain + c.scalarCopyClocks * g.stagedElements * pressure;
  return {
    compute: tilesPerSm * mma,
    shared: (tilesPerSm * g.sharedBytes) / (SHARED_BYTES_PER_CLOCK * clock * c.sharedShare),
    l2: (tilesPerSm * g.l2Bytes) / (L2_BYTES_PER_CLOCK * clock * c.l2Share),
    hbm: hbmBytes / (device.hbmBytesPerSecond * c.hbmShare),
    rescale: (tilesPerSm * g.rescales * c.rescaleClocks) / (SCHEDULERS * clock),
    latency: copyLatencySeconds(g, c) / g.depth,
    chain: inOrder / clock + mma,
  };
}

/** From the issue of a copy to its use, as often from device memory as operands are not in L2 before. */
export function copyLatencySeconds(g: GemmGeometry, c: CostConstants): number {
  return (c.l2LatencyNanos + g.missShare * c.missLatencyNanos) * 1e-9;
}

function waveSeconds(device: Device, g: GemmGeometry, c: CostConstants, wave: Wave): number {
  const step = norm4(stepTerms(device, g, c, wave));
  return (g.steps + 1) * step + copyLatencySeconds(g, c) + c.tileClocks / device.clockHz;
}

function norm4(t: StepTerms): number {
  const sum =
    fourth(t.compute) +
    fourth(t.shared) +
    fourth(t.l2) +
    fourth(t.hbm) +
    fourth(t.rescale) +
    fourth(t.latency) +
    fourth(t.chain);
  return Math.sqrt(Math.sqrt(sum));
}

function fourth(x: number): number {
  return x * x * (x * x);
}
