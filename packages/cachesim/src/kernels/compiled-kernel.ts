import { type CompiledModule, createStage, instantiate } from './compiled-module.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** A policy under free residency with independent hits among the compiled kernels. */
export interface CompiledPolicy {
  readonly run: Extract<keyof CompiledModule, `run${string}`>;
  /** False for parameters that the kernel does not know; left out: it knows all. */
  accepts?(setting: KernelSetting): boolean;
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
  const kernels = instantiate(setting);
  if (kernels === undefined) return undefined;
  policy.create(kernels, setting);
  const run = kernels[policy.run];
  const stage = createStage(kernels, policy.staged?.(setting) ?? setting.blocks);
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
