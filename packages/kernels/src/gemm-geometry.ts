import { type Device, hasWarpGroupMma, peakFlops } from './device.ts';
import type { DtypeTraits } from './dtype.ts';
import type { GemmShape } from './gemm-shape.ts';
import { memoryTraffic } from './memory-traffic.ts';
import { occupancyOf } from './occupancy.ts';
import type { TilePolicy } from './policy.ts';

/** Everything of (device, shape, policy) that no fitted constant changes: counts, bytes, seconds at peak. */
export interface GemmGeometry {
  readonly tiles: number;
  /** Steps along K of one tile. */
  readonly steps: number;
  readonly ctasPerSm: number;
  readonly fullWaves: number;
  /** Tiles of the last, partly filled wave; 0 where none. */
  readonly tailTiles: number;
  /** Copies in flight ahead of the step that computes. */
  readonly depth: number;
  /** False where mma.sync runs on a device whose peak is that of warp-group instructions. */
  readonly nativeMma: boolean;
  /** Seconds of one tile step on one SM's tensor cores at peak. */
  readonly mmaSeconds: number;
  /** Written to and read from shared memory in one tile step. */
  readonly sharedBytes: number;
  /** Read from L2 in one tile step, spilled registers included. */
  readonly l2Bytes: number;
  /** Tensor-core instructions that wait for one another in one tile step: 32 bytes of K each. */
  readonly chain: number;
  /** Elements that a thread copies one by one in a step, where rows are not aligned; 0 where they are. */
  readonly stagedElements: number;
  /** Accumulator rescales of one tile step, warp instructions. */
  readonly rescales: number;
  /** Device-memory bytes of one step of a full wave, and of the tail. */
  readonly fullWaveBytes: number;
  readonly tailBytes: number;
  readonly missShare: number;
}

/** Elements of which K must be a multiple for 16-byte copies: compilers specialise strides on divisibility by 16. */
export const ALIGNED_ELEMENTS = 16;
/** K that one block scale covers. */
const SCALE_BLOCK = 128;

/** Cost: O(1). */
export function gemmGeometry(
  device: Device,
  dtype: DtypeTraits,
  { shape, policy }: { readonly shape: GemmShape; readonly policy: TilePolicy },
): GemmGeometry {
  const { blockM, blockN, blockK, splitK } = policy;
  const vectorised = shape.k % ALIGNED_ELEMENTS === 0;
  const columns = Math.ceil(shape.n / blockN);
  const tiles = shape.rowBlocks * columns * splitK;
  const steps = Math.ceil(shape.k / (blockK * splitK));
  const occupancy = occupancyOf(device, dtype, { policy, vectorised });
  const slots = device.sms * occupancy.ctasPerSm;
  const fullWaves = Math.floor(tiles / slots);
  const traffic = memoryTraffic(device, dtype, { shape, policy, columns, steps, slots, tiles });
  const tileBytes = (blockM * dtype.activationBytes + blockN * dtype.weightBytes) * blockK;
  const threads = device.warpSize * policy.warps;
  const warpGroup = hasWarpGroupMma(device) && blockM >= 64;
  const peak = peakFlops(device, dtype.format, warpGroup ? 'warp-group' : 'warp');
  return {
    tiles,
    steps,
    ctasPerSm: occupancy.ctasPerSm,
    fullWaves,
    tailTiles: tiles - fullWaves * slots,
    depth: vectorised ? Math.max(1, policy.stages - 1) : 1,
    nativeMma: warpGroup || !hasWarpGroupMma(device),
    mmaSeconds: (2 * blockM * blockN * blockK * device.sms) / peak,
    sharedBytes: tileBytes + operandReads(dtype, policy, warpGroup),
    l2Bytes: tileBytes + occupancy.spilledRegisters * 8 * threads,
    chain: (blockK * dtype.activationBytes) / 32,
    stagedElements: vectorised ? 0 : ((blockM + blockN) * blockK) / threads,
    rescales: dtype.blockScaled
      ? (blockM * blockN * Math.max(1, blockK / SCALE_BLOCK)) / device.warpSize
      : 0,
    fullWaveBytes: traffic.fullWave,
    tailBytes: traffic.tail,
    missShare: shape.missShare,
  };
}

/** Warps share the tile out; each reads the rows of A and the columns of B of its part from shared memory. */
function operandReads(dtype: DtypeTraits, policy: TilePolicy, warpGroup: boolean): number {
  const { blockM, blockN, blockK } = policy;
  const [readsOfA, readsOfB] = warpGroup ? warpGroupReads(policy) : warpReads(policy);
  const a = blockM * readsOfA * dtype.activationBytes;
  const b = blockN * readsOfB * dtype.weightBytes;
  return (a + b) * blockK;
}

/** A warp group takes 64 rows at a time and reads all its columns for them. */
function warpGroupReads({ blockM, warps }: TilePolicy): readonly [number, number] {
  const groups = Math.max(1, warps / 4);
  const alongM = Math.min(groups, blockM / 64);
  return [groups / alongM, blockM / 64];
}

/** Warps halve the longer side, down to the 16 × 8 of one instruction. */
function warpReads({ blockM, blockN, warps }: TilePolicy): readonly [number, number] {
  let alongM = 1;
  let alongN = 1;
  while (alongM * alongN < warps) {
    const roomM = blockM / (16 * alongM);
    const roomN = blockN / (8 * alongN);
    if (roomM >= roomN && roomM > 1) alongM *= 2;
    else alongN *= 2;
  }
  return [alongN, alongM];
}
