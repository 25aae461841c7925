import type { Device } from './device.ts';
import type { DtypeTraits } from './dtype.ts';
import type { GemmShape } from './gemm-shape.ts';
import type { TilePolicy } from './policy.ts';

interface Launch {
  readonly shape: GemmShape;
  readonly policy: TilePolicy;
  /** Tiles along N, tiles in all, steps along K, and tiles that run at once. */
  readonly columns: number;
  readonly tiles: number;
  readonly steps: number;
  readonly slots: number;
}

/** Device-memory bytes of one step of a full wave, and of the last one. */
export interface MemoryTraffic {
  readonly fullWave: number;
  readonly tail: number;
}

/**
 * What reaches device memory: the unique operand bytes of the patch of tiles that run at once, every operand once at
 * least; what a patch reads again is found in L2 as far as the operands fit it.
 */
export function memoryTraffic(device: Device, dtype: DtypeTraits, launch: Launch): MemoryTraffic {
  const { shape, policy, tiles, slots, steps } = launch;
  const fullWaves = Math.floor(tiles / slots);
  const tailTiles = tiles - fullWaves * slots;
  const fullWave = fullWaves === 0 ? 0 : patchBytes(dtype, launch, slots);
  const tail = tailTiles === 0 ? 0 : patchBytes(dtype, launch, tailTiles);
  const patches = (fullWaves * fullWave + tail) * steps;
  const kRead = policy.blockK * steps * policy.splitK;
  const once =
    (shape.rows * dtype.activationBytes + shape.groups * shape.n * dtype.weightBytes) * kRead;
  const again = Math.max(0, patches - once) * (once / (once + device.l2Bytes));
  const padding = shape.k / kRead;
  const scale = ((Math.min(once, patches) + again) / patches) * padding * shape.missShare;
  return { fullWave: fullWave * scale, tail: tail * scale };
}

/** GROUP_SIZE_M row blocks go through the columns together, so the patch is a rectangle of that height. */
function patchBytes(
  dtype: DtypeTraits,
  { shape, policy, columns }: Launch,
  running: number,
): number {
  const height = Math.min(policy.groupM, shape.rowBlocks);
  const withinSweep = running <= height * columns;
  const rowBlocks = Math.min(shape.rowBlocks, withinSweep ? height : running / columns);
  const patchColumns = withinSweep ? Math.ceil(running / height) : columns;
  const groups = Math.max(1, (shape.groups * rowBlocks) / shape.rowBlocks);
  const a = rowBlocks * (shape.rows / shape.rowBlocks) * dtype.activationBytes;
  const b = Math.min(patchColumns * policy.blockN, shape.n) * groups * dtype.weightBytes;
  return (a + b) * policy.blockK * policy.splitK;
}
