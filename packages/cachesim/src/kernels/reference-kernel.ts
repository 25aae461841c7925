import type { ParameterValues } from '../policies/policy.ts';
import type { ReferenceIndex } from '../trace-index/next-use.ts';

/** What a kernel works on: the references of a trace, one after the other, whatever request they belong to. */
export interface KernelSetting {
  /** Dense ids, shape `[m]`. */
  readonly blocks: Uint32Array;
  readonly distinctBlocks: number;
  readonly capacityBlocks: number;
  /** Every parameter of the policy, checked. */
  readonly parameters: ParameterValues;
  /** Linked once a trace. */
  references(): ReferenceIndex;
}

/**
 * One policy under free residency with independent hits, as one loop over typed arrays that allocates nothing. It gives the
 * same hits as the policy in the generic frame.
 */
export interface ReferenceKernel {
  /** Requests references `[begin, end)`, which follow those of the call before; how many hit. */
  run(begin: number, end: number): number;
  /** Evictions since the beginning. */
  evictions(): number;
}

/** The kernel for these parameters; undefined where the generic frame has to do it. */
export type CreateKernel = (setting: KernelSetting) => ReferenceKernel | undefined;
