/** The number format in which the tensor cores multiply. */
export type ComputeFormat = 'bf16' | 'fp8' | 'int8';

/** What the cost model needs to know of an accelerator: a structural part of the device table's rows. */
export interface Device {
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd';
  /** CUDA compute capability (8.0 Ampere, 8.9 Ada, 9.0 Hopper, 10.0 Blackwell); 9.4 stands for gfx942. */
  readonly computeCapability: number;
  readonly sms: number;
  /** Shared memory (LDS) that one block may hold. */
  readonly sharedBytesPerBlock: number;
  readonly sharedBytesPerSm: number;
  /** 32-bit registers. */
  readonly registersPerSm: number;
  readonly maxRegistersPerThread: number;
  readonly maxThreadsPerSm: number;
  readonly warpSize: number;
  readonly l2Bytes: number;
  readonly hbmBytesPerSecond: number;
  /** Dense peak, operations (2 a multiply-add) a second; absent where the tensor cores lack the format. */
  readonly denseFlopsByDtype: { readonly [F in ComputeFormat]?: number };
  /** Boost clock of the SMs. */
  readonly clockHz: number;
}

/** Operations a clock an SM of mma.sync on Hopper and data-centre Blackwell, bf16: half of what wgmma reaches there. */
const SYNC_BF16_FLOPS_PER_CLOCK = 4096;

/** True where tiles of at least 64 rows run on warp-group instructions, which read their operands from shared memory. */
export function hasWarpGroupMma(device: Device): boolean {
  const major = Math.floor(device.computeCapability);
  return device.vendor === 'nvidia' && (major === 9 || major === 10);
}

/**
 * Peak operations a second in `format`; the warp-wide path does not share in the warp-group instructions' gains.
 *
 * A format that the tensor cores lack is widened to bf16.
 */
export function peakFlops(
  device: Device,
  format: ComputeFormat,
  path: 'warp-group' | 'warp',
): number {
  const peak = device.denseFlopsByDtype[format] ?? device.denseFlopsByDtype.bf16 ?? 0;
  if (path === 'warp-group' || !hasWarpGroupMma(device)) return peak;
  const widening = format === 'bf16' ? 1 : 2;
  return Math.min(peak, SYNC_BF16_FLOPS_PER_CLOCK * widening * device.clockHz * device.sms);
}
