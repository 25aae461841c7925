import { type CompiledModule, createStage, instantiate } from './compiled-module.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** A next use has 31 bits in a kernel, and its highest value means none. */
export const MOST_LINKED = 2 ** 31 - 1;

/** A policy under free residency with independent hits among the compiled kernels. */
export interface CompiledPolicy {
  readonly run: Extract<keyof CompiledModule, `run${string}`>;
  /** False for parameters that the kernel does not know; left out: it knows all. */
  accepts?(setting: KernelSetting): boolean;
  /** Whether it reads the next use of each reference too; left out: it does not. */
  readonly looksAhead?: boolean;
  create(kernels: CompiledModule, setting: KernelSetting): void;
  /** What the stage holds; left out: the references. */
  staged?(setting: KernelSetting): Uint32Array;
}

/** A kernel compiled to WebAssembly from `assembly/`; the trace is neither copied whole nor has to lie in its memory. */
export function createCompiledKernel(
  policy: CompiledPolicy,
  setting: KernelSetting,
): ReferenceKernel | undefined {
  if (policy.accepts?.(setting) === false) return undefined;
  if (policy.looksAhead === true && setting.blocks.length > MOST_LINKED) return undefined;
  const kernels = instantiate(setting);
  if (kernels === undefined) return undefined;
  policy.create(kernels, setting);
  const run = kernels[policy.run];
  const next = policy.looksAhead === true ? setting.references().next : undefined;
  const stage = createStage(kernels, policy.staged?.(setting) ?? setting.blocks, next);
  return {
    evictions: () => kernels.evictions(),
    run(begin, end) {
      let hits = 0;
      for (let at = begin; at < end; at += stage.most) {
        const to = Math.min(end, at + stage.most);
        const place = stage.place(at, to);
        hits += run(place, place + to - at);
      }
      return hits;
    },
  };
}
