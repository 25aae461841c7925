import type { ComputeFormat } from './device.ts';

/** Number formats of a matrix multiplication's operands, named as the serving engines name them. */
export type KernelDtype =
  | 'bf16'
  | 'fp8_w8a8'
  | 'fp8_w8a8_block'
  | 'int8_w8a8'
  | 'int8_w8a8_block'
  | 'int8_w8a16'
  | 'int4_w4a16';

/** What a dtype costs: bytes of an activation and of a weight element, the tensor cores' format, scales a block of K. */
export interface DtypeTraits {
  readonly activationBytes: number;
  readonly weightBytes: number;
  readonly format: ComputeFormat;
  /** Partial sums are rescaled once every 128 of K. */
  readonly blockScaled: boolean;
}

/** Every dtype that a problem may name. */
export const DTYPES: { readonly [D in KernelDtype]: DtypeTraits } = {
  bf16: { activationBytes: 2, weightBytes: 2, format: 'bf16', blockScaled: false },
  fp8_w8a8: { activationBytes: 1, weightBytes: 1, format: 'fp8', blockScaled: false },
  fp8_w8a8_block: { activationBytes: 1, weightBytes: 1, format: 'fp8', blockScaled: true },
  int8_w8a8: { activationBytes: 1, weightBytes: 1, format: 'int8', blockScaled: false },
  int8_w8a8_block: { activationBytes: 1, weightBytes: 1, format: 'int8', blockScaled: true },
  int8_w8a16: { activationBytes: 2, weightBytes: 1, format: 'bf16', blockScaled: false },
  int4_w4a16: { activationBytes: 2, weightBytes: 0.5, format: 'bf16', blockScaled: false },
};
