import type { Device } from './device.ts';
import { DTYPES, type KernelDtype } from './dtype.ts';
import { accumulatorsOf, sharedBytesOf } from './occupancy.ts';
import type { TilePolicy } from './policy.ts';

/** Why a kernel cannot be compiled or launched. */
export type Infeasibility =
  | {
      readonly kind: 'shared-memory';
      readonly neededBytes: number;
      readonly availableBytes: number;
    }
  | { readonly kind: 'registers'; readonly needed: number; readonly available: number }
  | { readonly kind: 'illegal-size'; readonly field: keyof TilePolicy; readonly found: number };

/** Smallest tile sides that the tensor cores' instructions make. */
const LEAST: { readonly [F in keyof TilePolicy]: number } = {
  blockM: 16,
  blockN: 16,
  blockK: 16,
  groupM: 1,
  stages: 1,
  warps: 1,
  splitK: 1,
};
/** Threads a block, by CUDA and HIP alike. */
const MAX_THREADS_PER_BLOCK = 1024;

/**
 * The first reason why `policy` cannot run on `device`, or none.
 *
 * Shared memory: buffers × (BM + BN) × BK × bytes within what one block may hold. Registers: accumulators alone within a
 * thread's limit (what else does not fit is spilled, which costs time and not feasibility). Sizes: powers of two.
 */
export function findInfeasibility(
  device: Device,
  dtype: KernelDtype,
  policy: TilePolicy,
): Infeasibility | undefined {
  const illegal = illegalSize(device, policy);
  if (illegal !== undefined) return illegal;
  const neededBytes = sharedBytesOf(device, DTYPES[dtype], policy);
  if (neededBytes > device.sharedBytesPerBlock) {
    return { kind: 'shared-memory', neededBytes, availableBytes: device.sharedBytesPerBlock };
  }
  const needed = accumulatorsOf(device, policy);
  const available = device.maxRegistersPerThread;
  return needed > available ? { kind: 'registers', needed, available } : undefined;
}

/** True where nothing stands against `policy`. */
export function isFeasible(device: Device, dtype: KernelDtype, policy: TilePolicy): boolean {
  return findInfeasibility(device, dtype, policy) === undefined;
}

function illegalSize(device: Device, policy: TilePolicy): Infeasibility | undefined {
  const isPowerOfTwo = (value: number) => Number.isSafeInteger(Math.log2(value));
  for (const field of Object.keys(LEAST) as (keyof TilePolicy)[]) {
    const found = policy[field];
    const whole = field === 'stages' ? Number.isSafeInteger(found) : isPowerOfTwo(found);
    if (!whole || found < LEAST[field]) return { kind: 'illegal-size', field, found };
  }
  return policy.warps * device.warpSize > MAX_THREADS_PER_BLOCK
    ? { kind: 'illegal-size', field: 'warps', found: policy.warps }
    : undefined;
}
