import { createArcKernel } from './arc-kernel.ts';
import { createBeladyKernel } from './belady-kernel.ts';
import { createClockKernel } from './clock-kernel.ts';
import { createFifoKernel } from './fifo-kernel.ts';
import { createGdsfKernel } from './gdsf-kernel.ts';
import { createLfuKernel } from './lfu-kernel.ts';
import { createLirsKernel } from './lirs-kernel.ts';
import { createLruKernel } from './lru-kernel.ts';
import { createRandomKernel } from './random-kernel.ts';
import type { CreateKernel } from './reference-kernel.ts';
import { createS3FifoKernel } from './s3-fifo-kernel.ts';
import { createSieveKernel } from './sieve-kernel.ts';
import { createSlruKernel } from './slru-kernel.ts';
import { createTwoQKernel } from './two-q-kernel.ts';
import { createWTinyLfuKernel } from './w-tiny-lfu-kernel.ts';

/** The policies that have a kernel, by name. */
export const KERNELS: ReadonlyMap<string, CreateKernel> = new Map<string, CreateKernel>([
  ['random', createRandomKernel],
  ['fifo', createFifoKernel],
  ['lru', createLruKernel],
  ['clock', createClockKernel],
  ['sieve', createSieveKernel],
  ['s3-fifo', createS3FifoKernel],
  ['2q', createTwoQKernel],
  ['slru', createSlruKernel],
  ['arc', createArcKernel],
  ['lirs', createLirsKernel],
  ['lfu', createLfuKernel],
  ['w-tinylfu', createWTinyLfuKernel],
  ['gdsf', createGdsfKernel],
  ['optimum', createBeladyKernel],
]);
