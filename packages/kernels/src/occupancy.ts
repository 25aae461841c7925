import { type Device, hasWarpGroupMma } from './device.ts';
import type { DtypeTraits } from './dtype.ts';
import type { TilePolicy } from './policy.ts';

/** Registers of a thread beside accumulators and staged elements: addresses, loop state, operand fragments. Chosen. */
const BASE_REGISTERS = 40;
/** A staged element of an unvectorised copy holds its value and half its address. Chosen. */
const REGISTERS_PER_STAGED_ELEMENT = 1.5;
/** What the driver keeps of shared memory for each resident block (CUDA C++ Programming Guide). */
const SHARED_RESERVE_BYTES = 1024;
const MAX_CTAS_PER_SM = 32;

/** How many blocks of a kernel an SM holds, and what that costs. */
export interface Occupancy {
  readonly sharedBytes: number;
  readonly registersPerThread: number;
  /** Registers a thread that do not fit and go to local memory. */
  readonly spilledRegisters: number;
  /** At least 1, feasible or not. */
  readonly ctasPerSm: number;
}

/** Operand tiles that shared memory holds at once: with mma.sync the newest stage is in flight without a buffer. */
export function bufferCount(device: Device, policy: TilePolicy): number {
  const warpGroup = hasWarpGroupMma(device) && policy.blockM >= 64;
  return Math.max(1, warpGroup ? policy.stages : policy.stages - 1);
}

/** Shared memory of one block. */
export function sharedBytesOf(device: Device, dtype: DtypeTraits, policy: TilePolicy): number {
  const rows = policy.blockM * dtype.activationBytes + policy.blockN * dtype.weightBytes;
  return bufferCount(device, policy) * rows * policy.blockK;
}

/** Accumulators of one thread, 32-bit registers. */
export function accumulatorsOf(device: Device, policy: TilePolicy): number {
  return (policy.blockM * policy.blockN) / (device.warpSize * policy.warps);
}

/**
 * Shared memory, registers and threads each bound the resident blocks; the least holds. Block-scaled formats keep the
 * block's partial sums beside the rescaled ones.
 */
export function occupancyOf(
  device: Device,
  dtype: DtypeTraits,
  { policy, vectorised }: { readonly policy: TilePolicy; readonly vectorised: boolean },
): Occupancy {
  const threads = device.warpSize * policy.warps;
  const sharedBytes = sharedBytesOf(device, dtype, policy);
  const tileElements = (policy.blockM + policy.blockN) * policy.blockK;
  const staged = vectorised ? 0 : (REGISTERS_PER_STAGED_ELEMENT * tileElements) / threads;
  const sums = accumulatorsOf(device, policy) * (dtype.blockScaled ? 2 : 1);
  const wanted = BASE_REGISTERS + sums + staged;
  const registersPerThread = Math.min(device.maxRegistersPerThread, wanted);
  const byShared = device.sharedBytesPerSm / (sharedBytes + SHARED_RESERVE_BYTES);
  const byRegisters = device.registersPerSm / (registersPerThread * threads);
  const byThreads = device.maxThreadsPerSm / threads;
  const ctas = Math.floor(Math.min(byShared, byRegisters, byThreads, MAX_CTAS_PER_SM));
  return {
    sharedBytes,
    registersPerThread,
    spilledRegisters: wanted - registersPerThread,
    ctasPerSm: Math.max(1, ctas),
  };
}
