import { type Capacity, capacityBlocksOf, type KvModel } from '@wavetune/cache-sizing';
import { formatCount, shapeOf } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import type { KernelGround } from './kernels/kernel-ground.ts';
import { type KernelHalf, type RemovedHits, runKernelHalf } from './kernels/kernel-half.ts';
import type { RawOptions } from './options.ts';
import { type Bench, replayAll } from './replay-all.ts';
import { type CacheTuning, DEFAULT_POLICY, tuneCache } from './tune-cache.ts';
import { exportersOf } from './tune-engines.ts';
import { groundOf } from './tuning-ground.ts';

/** What a run stands on. */
export interface Found {
  readonly trace: ReadTrace;
  readonly model: KvModel | undefined;
  /** Undefined where no cache is asked for. */
  readonly capacity: Capacity | undefined;
  /** Undefined where no kernels are. */
  readonly kernelGround: KernelGround | undefined;
}

/** All that a run found. */
export interface Tuning {
  readonly trace: ReadTrace;
  readonly model: KvModel | undefined;
  /** What was found, or why nothing was looked for. */
  readonly cache: CacheTuning | { readonly absent: string };
  readonly kernels: KernelHalf | undefined;
}

/** Tunes the cache first: kernels run what it does not hold. */
export async function tuneAll(raw: RawOptions, found: Found, bench: Bench): Promise<Tuning> {
  const { trace, model, kernelGround } = found;
  const cache = await tuneCacheHalf(raw, found, bench);
  const kernels =
    kernelGround &&
    (await runKernelHalf(kernelGround, {
      columns: trace.columns,
      hits: await removedHits(trace, cache, bench),
      engines: raw.engine ?? [],
      pool: bench.pool,
    }));
  return { trace, model, cache, kernels };
}

async function tuneCacheHalf(
  raw: RawOptions,
  { trace, model, capacity }: Found,
  bench: Bench,
): Promise<Tuning['cache']> {
  if (trace.quality.lengthOnly) {
    return {
      absent: `a trace of lengths alone (${trace.quality.format}) says nothing of what could be hit`,
    };
  }
  if (capacity === undefined) return { absent: 'no --memory or --capacity was given' };
  const { blockSize, parents } = trace.columns;
  const ground = groundOf({
    ...{ trace, model, measureFrom: raw['measure-from'] },
    capacityBlocks: capacityBlocksOf(capacity, {
      ...{ distinctBlocks: parents.length, blockSize, model },
    }),
  });
  const plan = {
    exporters: exportersOf(raw.engine ?? []),
    cohorts: raw.cohorts,
    seed: raw.seed,
    comparedReferences: raw['compared-references'] ?? Number.POSITIVE_INFINITY,
  };
  return tuneCache(ground, plan, bench);
}

/** Hits of the policy that is to run, over the whole trace; none where there is no cache. */
async function removedHits(
  { columns }: ReadTrace,
  cache: Tuning['cache'],
  bench: Bench,
): Promise<RemovedHits> {
  if ('absent' in cache) {
    const tokens = new Float64Array(shapeOf(columns).requests);
    return { tokens, cache: `none, every prompt token is computed: ${cache.absent}` };
  }
  const { ground, choice, judgement } = cache;
  const { capacityBlocks } = ground;
  const isOurs = judgement.verdict === 'use';
  const simulation = isOurs ? choice.winner.simulation : { policy: DEFAULT_POLICY, capacityBlocks };
  const [tokens] = await replayAll(columns, [simulation], bench);
  const removed = tokens.reduce((sum, count) => sum + count, 0);
  return {
    tokens,
    cache: `${simulation.policy} of ${formatCount(capacityBlocks)} blocks: ${formatCount(removed)} prompt tokens hit and left out`,
  };
}
