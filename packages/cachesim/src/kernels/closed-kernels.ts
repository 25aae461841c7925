import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { longestChainOf } from '../curves/stack-at.ts';
import { numberOf, type ParameterValues } from '../policies/policy.ts';
import type { RequestObserver } from '../replay/policy-run.ts';
import { emptyTally, type Tally } from '../replay/tally.ts';
import { type CompiledModule, createStage, instantiate } from './compiled-module.ts';
import { type Sizes, s3Arguments, segmentsOf, shareOf } from './kernel-sizes.ts';

/** A simulation of whole requests under closed residency. */
export interface ClosedKernelRun {
  readonly columns: TraceColumns;
  readonly policy: string;
  readonly capacityBlocks: number;
  /** Every parameter of the policy, checked. */
  readonly parameters: ParameterValues;
  readonly measureFrom: number;
  readonly observe: RequestObserver | undefined;
}

type Create = (kernels: CompiledModule, sizes: Sizes) => void;

const CLOSED: ReadonlyMap<string, Create> = new Map<string, Create>([
  [
    'fifo',
    (kernels, { distinctBlocks, capacityBlocks }) =>
      kernels.createClosedFifo(distinctBlocks, capacityBlocks),
  ],
  [
    'clock',
    (kernels, { distinctBlocks, capacityBlocks, parameters }) =>
      kernels.createClosedClock(
        distinctBlocks,
        capacityBlocks,
        2 ** numberOf(parameters, 'bits') - 1,
      ),
  ],
  [
    'sieve',
    (kernels, { distinctBlocks, capacityBlocks }) =>
      kernels.createClosedSieve(distinctBlocks, capacityBlocks),
  ],
  ['s3-fifo', (kernels, sizes) => kernels.createClosedS3Fifo(...s3Arguments(sizes))],
  [
    '2q',
    (kernels, sizes) =>
      kernels.createClosedTwoQ(
        sizes.distinctBlocks,
        sizes.capacityBlocks,
        shareOf(sizes, 'inRatio'),
        shareOf(sizes, 'outRatio'),
      ),
  ],
  [
    'slru',
    (kernels, sizes) =>
      kernels.createClosedSlru(sizes.distinctBlocks, sizes.capacityBlocks, segmentsOf(sizes)),
  ],
]);

/**
 * The policy as a compiled kernel, request by request; undefined where there is none, or none for these parameters or so
 * long a chain. It gives what the generic frame gives.
 */
export function runClosedKernel(run: ClosedKernelRun): Tally | undefined {
  const { columns, policy, capacityBlocks, parameters, measureFrom } = run;
  const { offsets, blocks } = columns;
  const create = CLOSED.get(policy);
  if (create === undefined || parameters.form === 'libcachesim') return undefined;
  const sizes = { distinctBlocks: columns.parents.length, capacityBlocks, parameters };
  const kernels = instantiate(sizes);
  if (kernels === undefined) return undefined;
  const stage = createStage(kernels, blocks);
  if (longestChainOf(columns) > stage.most) return undefined;
  create(kernels, sizes);
  const tally = emptyTally();
  let evictions = 0;
  for (let request = 0; request < offsets.length - 1; request++) {
    if (request === measureFrom) evictions = kernels.evictions();
    const begin = offsets[request];
    const end = offsets[request + 1];
    const place = stage.place(begin, end);
    const hit = kernels.runChain(place, place + end - begin);
    run.observe?.(request, hit);
    if (request < measureFrom) continue;
    tally.hitBlocks += hit;
    tally.hitTokens += tokensOfPrefix(columns, request, hit);
  }
  tally.evictions = kernels.evictions() - evictions;
  return tally;
}
