import type { Device } from '../device.ts';

/** How rows are cut into tiles and how many tiles are on their way; a block takes tiles in turn. */
export interface StagingPolicy {
  /** Rows of a tile (BM). */
  readonly blockRows: number;
  /** Bytes of each row that one copy takes (BK); a longer row takes several steps. */
  readonly blockBytes: number;
  /** Tiles that shared memory holds at once; 1: each is used before the next is asked for. */
  readonly stages: number;
  readonly warps: number;
}

/** Copies of 16 bytes are the widest that an instruction makes; finer ones are not searched. */
const LEAST_BLOCK_BYTES = 16;
const MOST_BLOCK_BYTES = 1024;
const BLOCK_ROWS = [32, 64, 128, 256, 512, 1024];
const WARPS = [4, 8];
const MOST_STAGES = 8;
/** What the driver keeps of shared memory for each resident block (CUDA C++ Programming Guide). */
const SHARED_RESERVE_BYTES = 1024;
const MAX_CTAS_PER_SM = 32;
const MAX_THREADS_PER_BLOCK = 1024;

/** Loads of 16 bytes that a thread of a plain kernel has under way: as many as a compiler unrolls a copy loop to. Chosen. */
const PLAIN_LOADS = 4;

/**
 * What a library's copy kernel does untold: 256 threads, a row each, as much of it at once as four loads take, nothing
 * asked for ahead of its use.
 */
export function plainStaging(stagedBytes: number): StagingPolicy {
  const blockBytes = Math.min(widestBlockBytes(stagedBytes), PLAIN_LOADS * LEAST_BLOCK_BYTES);
  return { blockRows: 256, blockBytes, stages: 1, warps: 8 };
}

/** Shared memory of one block. */
export function stagingSharedBytes({ blockRows, blockBytes, stages }: StagingPolicy): number {
  return blockRows * blockBytes * stages;
}

/** True where the sizes are powers of two that copies come in and a block's tiles fit its shared memory. */
export function isStageable(device: Device, policy: StagingPolicy): boolean {
  const { blockRows, blockBytes, stages, warps } = policy;
  const isPowerOfTwo = (value: number) => Number.isSafeInteger(Math.log2(value));
  return (
    [blockRows, blockBytes, warps].every(isPowerOfTwo) &&
    blockBytes >= LEAST_BLOCK_BYTES &&
    Number.isSafeInteger(stages) &&
    stages >= 1 &&
    warps >= 1 &&
    warps * device.warpSize <= MAX_THREADS_PER_BLOCK &&
    stagingSharedBytes(policy) <= device.sharedBytesPerBlock
  );
}

/** Blocks that an SM holds, by shared memory and by the share `occupancy` of its threads; at least 1. */
export function residentBlocks(device: Device, policy: StagingPolicy, occupancy: number): number {
  const threads = policy.warps * device.warpSize;
  const byShared = device.sharedBytesPerSm / (stagingSharedBytes(policy) + SHARED_RESERVE_BYTES);
  const byThreads = (device.maxThreadsPerSm * occupancy) / threads;
  return Math.max(1, Math.floor(Math.min(byShared, byThreads, MAX_CTAS_PER_SM)));
}

/** Every policy that is worth a look for rows of `stagedBytes`, those with the least shared memory first. */
export function legalStagings(device: Device, stagedBytes: number): readonly StagingPolicy[] {
  const widest = Math.min(widestBlockBytes(stagedBytes), MOST_BLOCK_BYTES);
  const policies: StagingPolicy[] = [];
  for (let bytes = LEAST_BLOCK_BYTES; bytes <= widest; bytes *= 2) {
    for (const blockRows of BLOCK_ROWS) {
      for (const warps of WARPS) {
        for (let stages = 1; stages <= MOST_STAGES; stages++) {
          policies.push({ blockRows, blockBytes: bytes, stages, warps });
        }
      }
    }
  }
  return policies
    .filter((policy) => isStageable(device, policy))
    .sort((a, b) => stagingSharedBytes(a) - stagingSharedBytes(b));
}

/** The least power of two that takes a whole row. */
function widestBlockBytes(stagedBytes: number): number {
  return Math.max(LEAST_BLOCK_BYTES, 2 ** Math.ceil(Math.log2(stagedBytes)));
}
