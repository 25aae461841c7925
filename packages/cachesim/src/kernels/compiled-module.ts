import { readFileSync } from 'node:fs';

/** A loop over references `[from, to)` of the stage; how many hit. */
type Run = (from: number, to: number) => number;

/** Sizes that S3-FIFO is created with, in this order. */
export type S3Arguments = readonly [
  distinctBlocks: number,
  capacityBlocks: number,
  smallBlocks: number,
  ghostBlocks: number,
  promoteAt: number,
  spills: number,
];

/** What `assembly/index.ts` exports; an instance holds the state of one simulation in a memory of its own. */
export interface CompiledModule {
  readonly memory: WebAssembly.Memory;
  /** Address of the stage, and how many references it takes. */
  readonly STAGE: WebAssembly.Global<'i32'>;
  /** Where the kernels that look ahead find the next use of each. */
  readonly STAGE_NEXT: WebAssembly.Global<'i32'>;
  readonly STAGE_REFERENCES: WebAssembly.Global<'i32'>;
  evictions(): number;
  createArc(distinctBlocks: number, capacityBlocks: number): void;
  createBelady(references: number, capacityBlocks: number, bypass: number): void;
  createClock(distinctBlocks: number, capacityBlocks: number, mostChances: number): void;
  createGdsf(distinctBlocks: number, capacityBlocks: number): void;
  createLfu(distinctBlocks: number, capacityBlocks: number): void;
  createLirs(distinctBlocks: number, capacityBlocks: number, hirBlocks: number): void;
  createRandom(distinctBlocks: number, capacityBlocks: number, streamKey: number): void;
  createS3Fifo(...sizes: S3Arguments): void;
  createSieve(distinctBlocks: number, capacityBlocks: number): void;
  createSlru(distinctBlocks: number, capacityBlocks: number, segments: number, trims: number): void;
  createTwoQ(distinctBlocks: number, capacityBlocks: number, inBlocks: number, out: number): void;
  createWTinyLfu(
    distinctBlocks: number,
    capacityBlocks: number,
    windowBlocks: number,
    protectedBlocks: number,
  ): void;
  createClosedClock(distinctBlocks: number, capacityBlocks: number, mostChances: number): void;
  createClosedFifo(distinctBlocks: number, capacityBlocks: number): void;
  createClosedS3Fifo(...sizes: S3Arguments): void;
  createClosedSieve(distinctBlocks: number, capacityBlocks: number): void;
  createClosedSlru(distinctBlocks: number, capacityBlocks: number, segments: number): void;
  createClosedTwoQ(
    distinctBlocks: number,
    capacityBlocks: number,
    inBlocks: number,
    outBlocks: number,
  ): void;
  readonly runArc: Run;
  readonly runBelady: Run;
  readonly runClock: Run;
  readonly runGdsf: Run;
  /** Stops early where it lacks logs: at {@link stoppedAt}. */
  readonly runLfu: Run;
  stoppedAt(): number;
  /** More logs, and how many blocks have to be gathered for them, from the references behind one another. */
  logMore(): number;
  gatherUses(from: number, to: number): number;
  readonly runLirs: Run;
  readonly runRandom: Run;
  readonly runS3Fifo: Run;
  readonly runSieve: Run;
  readonly runSlru: Run;
  readonly runTwoQ: Run;
  readonly runWTinyLfu: Run;
  /** One request under closed residency. */
  readonly runChain: Run;
}

/** Sizes at which no sum in 32 bits overflows and all state fits wasm32's memory. */
const MOST_BLOCKS = 2 ** 25;
const MOST_CAPACITY = 2 ** 30;

/**
 * A new instance; undefined for sizes beyond 32 bits.
 *
 * The engine keeps the machine code while any instance lives, so this costs little more than its memory.
 */
export function instantiate(sizes: {
  readonly distinctBlocks: number;
  readonly capacityBlocks: number;
}): CompiledModule | undefined {
  if (sizes.distinctBlocks > MOST_BLOCKS || sizes.capacityBlocks > MOST_CAPACITY) return undefined;
  const module = new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(module);
  return exports as unknown as CompiledModule;
}

/** References on their way into an instance. */
export interface Stage {
  /** Most references at once. */
  readonly most: number;
  /** Makes references `[begin, end)`, no more than fit, stand on the stage; the place of the first. */
  place(begin: number, end: number): number;
}

/**
 * A window over `references`, and over their `next` uses where they are given, that is copied into the instance part by
 * part: 64 KiB each, which stay in the processor's cache.
 */
export function createStage(
  kernels: CompiledModule,
  references: Uint32Array,
  next?: Uint32Array,
): Stage {
  const most = kernels.STAGE_REFERENCES.value;
  const open = () => Buffer.from(kernels.memory.buffer, kernels.STAGE.value, 4 * most);
  const openNext = () => Buffer.from(kernels.memory.buffer, kernels.STAGE_NEXT.value, 4 * most);
  let stage = open();
  let nextStage = openNext();
  let from = 0;
  let to = 0;
  return {
    most,
    place(begin, end) {
      if (begin >= from && end <= to) return begin - from;
      from = begin;
      to = Math.min(begin + most, references.length);
      // A kernel that grows its memory leaves the old view empty.
      if (stage.length === 0) [stage, nextStage] = [open(), openNext()];
      bytesOf(references.subarray(from, to)).copy(stage);
      if (next !== undefined) bytesOf(next.subarray(from, to)).copy(nextStage);
      return 0;
    },
  };
}

/** To be copied as bytes: typed arrays over shared memory take twice as long, and five times from an odd place. */
function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
