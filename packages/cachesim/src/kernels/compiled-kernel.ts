import { readFileSync } from 'node:fs';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** A loop over the references `[from, to)` of the stage; how many hit. */
type Run = (from: number, to: number) => number;

/** What `assembly/index.ts` exports; an instance holds the state of one simulation. */
interface CompiledKernels {
  readonly memory: WebAssembly.Memory;
  /** Address of the stage, and how many references it takes. */
  readonly STAGE: WebAssembly.Global<'i32'>;
  readonly STAGE_REFERENCES: WebAssembly.Global<'i32'>;
  evictions(): number;
  createArc(distinctBlocks: number, capacityBlocks: number): void;
  createBelady(references: number, capacityBlocks: number, bypass: number): void;
  createClock(distinctBlocks: number, capacityBlocks: number, mostChances: number): void;
  createGdsf(distinctBlocks: number, capacityBlocks: number): void;
  createLirs(distinctBlocks: number, capacityBlocks: number, hirBlocks: number): void;
  createRandom(distinctBlocks: number, capacityBlocks: number, streamKey: number): void;
  createS3Fifo(
    distinctBlocks: number,
    capacityBlocks: number,
    smallBlocks: number,
    ghostBlocks: number,
    promoteAt: number,
    spills: number,
  ): void;
  createSieve(distinctBlocks: number, capacityBlocks: number): void;
  createSlru(distinctBlocks: number, capacityBlocks: number, segments: number, trims: number): void;
  createTwoQ(distinctBlocks: number, capacityBlocks: number, inBlocks: number, out: number): void;
  createWTinyLfu(
    distinctBlocks: number,
    capacityBlocks: number,
    windowBlocks: number,
    protectedBlocks: number,
  ): void;
  readonly runArc: Run;
  readonly runBelady: Run;
  readonly runClock: Run;
  readonly runGdsf: Run;
  readonly runLirs: Run;
  readonly runRandom: Run;
  readonly runS3Fifo: Run;
  readonly runSieve: Run;
  readonly runSlru: Run;
  readonly runTwoQ: Run;
  readonly runWTinyLfu: Run;
}

/** One policy among the compiled kernels. */
export interface CompiledPolicy {
  readonly run: Extract<keyof CompiledKernels, `run${string}`>;
  /** False for parameters that the kernel does not know; left out: it knows all. */
  accepts?(setting: KernelSetting): boolean;
  create(kernels: CompiledKernels, setting: KernelSetting): void;
  /** What the stage holds; left out: the references. */
  staged?(setting: KernelSetting): Uint32Array;
}

/** Sizes at which no sum in 32 bits overflows and all state fits wasm32's memory. */
const MOST_BLOCKS = 2 ** 25;
const MOST_CAPACITY = 2 ** 30;

/**
 * A kernel compiled to WebAssembly from `assembly/`, in a memory of its own: references go in through a stage of 64 KiB that
 * stays in the processor's cache, so that the trace is neither copied whole nor has to lie in that memory.
 */
export function createCompiledKernel(
  policy: CompiledPolicy,
  setting: KernelSetting,
): ReferenceKernel | undefined {
  const { distinctBlocks, capacityBlocks } = setting;
  if (distinctBlocks > MOST_BLOCKS || capacityBlocks > MOST_CAPACITY) return undefined;
  if (policy.accepts?.(setting) === false) return undefined;
  const kernels = instantiate();
  policy.create(kernels, setting);
  const run = runThroughStage(kernels, policy, setting);
  return { evictions: () => kernels.evictions(), run };
}

function runThroughStage(
  kernels: CompiledKernels,
  policy: CompiledPolicy,
  setting: KernelSetting,
): ReferenceKernel['run'] {
  const references = policy.staged?.(setting) ?? setting.blocks;
  const most = kernels.STAGE_REFERENCES.value;
  const stageOf = () => new Uint32Array(kernels.memory.buffer, kernels.STAGE.value, most);
  let stage = stageOf();
  let stagedFrom = 0;
  let stagedTo = 0;
  return (begin, end) => {
    let hits = 0;
    for (let at = begin; at < end; at = Math.min(end, stagedTo)) {
      if (at >= stagedTo) {
        stagedFrom = at;
        stagedTo = Math.min(at + most, references.length);
        // The memory has moved where a kernel has grown it.
        if (stage.length === 0) stage = stageOf();
        stage.set(references.subarray(stagedFrom, stagedTo));
      }
      hits += kernels[policy.run](at - stagedFrom, Math.min(end, stagedTo) - stagedFrom);
    }
    return hits;
  };
}

/** The engine keeps the machine code while any instance lives, so this costs little more than memory. */
function instantiate(): CompiledKernels {
  const module = new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(module);
  return exports as unknown as CompiledKernels;
}
