import { createRng } from '@wavetune/core';
import { numberOf } from '../policies/policy.ts';
import { type CompiledPolicy, createCompiledKernel } from './compiled-kernel.ts';
import { createFifoKernel } from './fifo-kernel.ts';
import { s3Arguments, segmentsOf, shareOf } from './kernel-sizes.ts';
import { createLfuKernel } from './lfu-kernel.ts';
import { createLruKernel } from './lru-kernel.ts';
import type { CreateKernel, KernelSetting } from './reference-kernel.ts';

/** Hits of S3-FIFO that a byte can count. */
const MOST_S3_HITS = 63;

const COMPILED: Readonly<Record<string, CompiledPolicy>> = {
  random: {
    run: 'runRandom',
    create(kernels, { distinctBlocks, capacityBlocks, parameters }) {
      const key = createRng(numberOf(parameters, 'seed')).nextUint32();
      kernels.createRandom(distinctBlocks, Math.min(capacityBlocks, distinctBlocks), key);
    },
  },
  clock: {
    run: 'runClock',
    create(kernels, { distinctBlocks, capacityBlocks, parameters }) {
      const most = 2 ** numberOf(parameters, 'bits') - 1;
      kernels.createClock(distinctBlocks, capacityBlocks, most);
    },
  },
  sieve: {
    run: 'runSieve',
    create: (kernels, { distinctBlocks, capacityBlocks }) =>
      kernels.createSieve(distinctBlocks, capacityBlocks),
  },
  's3-fifo': {
    run: 'runS3Fifo',
    accepts: ({ parameters }) => numberOf(parameters, 'promoteAt') <= MOST_S3_HITS,
    create: (kernels, setting) => kernels.createS3Fifo(...s3Arguments(setting)),
  },
  '2q': {
    run: 'runTwoQ',
    looksAhead: true,
    create(kernels, setting) {
      const { distinctBlocks, capacityBlocks } = setting;
      const [inBlocks, outBlocks] = [shareOf(setting, 'inRatio'), shareOf(setting, 'outRatio')];
      kernels.createTwoQ(distinctBlocks, capacityBlocks, inBlocks, outBlocks);
    },
  },
  slru: {
    run: 'runSlru',
    looksAhead: true,
    create(kernels, setting) {
      const { distinctBlocks, capacityBlocks, parameters } = setting;
      const trims = parameters.form === 'libcachesim' ? 1 : 0;
      kernels.createSlru(distinctBlocks, capacityBlocks, segmentsOf(setting), trims);
    },
  },
  arc: {
    run: 'runArc',
    looksAhead: true,
    create: (kernels, { distinctBlocks, capacityBlocks }) =>
      kernels.createArc(distinctBlocks, capacityBlocks),
  },
  lirs: {
    run: 'runLirs',
    looksAhead: true,
    accepts: (setting) => hirBlocksOf(setting) < setting.capacityBlocks,
    create: (kernels, setting) =>
      kernels.createLirs(setting.distinctBlocks, setting.capacityBlocks, hirBlocksOf(setting)),
  },
  'w-tinylfu': {
    run: 'runWTinyLfu',
    looksAhead: true,
    create(kernels, setting) {
      const { distinctBlocks, capacityBlocks, parameters } = setting;
      const windowBlocks = Math.max(1, shareOf(setting, 'windowRatio'));
      const mainBlocks = capacityBlocks - windowBlocks;
      const protectedBlocks = Math.floor(mainBlocks * numberOf(parameters, 'protectedRatio'));
      kernels.createWTinyLfu(distinctBlocks, capacityBlocks, windowBlocks, protectedBlocks);
    },
  },
  gdsf: {
    run: 'runGdsf',
    accepts: ({ parameters }) => numberOf(parameters, 'crossoverTokens') === 0,
    create: (kernels, { distinctBlocks, capacityBlocks }) =>
      kernels.createGdsf(distinctBlocks, capacityBlocks),
  },
  optimum: {
    run: 'runBelady',
    staged: ({ references }) => references().next,
    create: (kernels, { blocks, capacityBlocks, parameters }) =>
      kernels.createBelady(
        blocks.length,
        capacityBlocks,
        parameters.admission === 'bypass' ? 1 : 0,
      ),
  },
};

/** The policies that have a kernel, by name. */
export const KERNELS: ReadonlyMap<string, CreateKernel> = new Map<string, CreateKernel>([
  ['fifo', createFifoKernel],
  ['lru', createLruKernel],
  ['lfu', createLfuKernel],
  ...Object.entries(COMPILED).map(
    ([name, policy]) =>
      [name, (setting: KernelSetting) => createCompiledKernel(policy, setting)] as const,
  ),
]);

function hirBlocksOf(setting: KernelSetting): number {
  return Math.max(1, shareOf(setting, 'hirRatio'));
}
