import { sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import type { RawKernelOptions } from '../src/kernels/kernel-options.ts';

/** Requests without blocks, one every 50 ms, prompts from 40 to about 4,000 tokens. */
export function columnsOf(requests: number): TraceColumns {
  const fill = (of: (r: number) => number): Uint32Array =>
    sharedUint32(requests).map((_, r) => of(r));
  return {
    blockSize: 1,
    offsets: sharedUint32(requests + 1),
    blocks: sharedUint32(0),
    inputTokens: fill((r) => 40 + ((r * 977) % 4000)),
    coveredTokens: fill(() => 0),
    outputTokens: fill((r) => 1 + ((r * 31) % 200)),
    timeMillis: sharedFloat64(requests).map((_, r) => 50 * r),
    tenants: fill(() => 0),
    sessions: fill(() => 0),
    parents: sharedUint32(0),
  };
}

/** The command line's defaults, changed. */
export function kernelOptions(changed: Partial<RawKernelOptions>): RawKernelOptions {
  return {
    device: undefined,
    dtype: 'bf16',
    tp: 1,
    ep: 1,
    'token-budget': 8192,
    'max-sequences': 256,
    arrivals: 'timed',
    routing: 'balanced',
    strategy: undefined,
    margin: 0.1,
    measured: undefined,
    neighbours: undefined,
    incumbent: undefined,
    calibration: undefined,
    'triton-version': '3.5.1',
    ...changed,
  };
}
