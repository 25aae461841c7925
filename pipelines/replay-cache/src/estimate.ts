import {
  type ChainSample,
  costedReplayTask,
  linkReferences,
  miniCapacity,
  type ReferenceIndex,
  sampleChains,
} from '@wavetune/cachesim';
import { shapeOf } from '@wavetune/core';
import type { Bench } from './bench.ts';
import { ratioOf } from './figures.ts';
import type { NamedPolicy } from './policy-list.ts';
import { replayCacheError } from './replay-cache-errors.ts';
import type { Ground, Result, Size } from './replay-trace.ts';
import { SEEDS } from './seeds.ts';
import type { SimulationPlan } from './simulate.ts';

/** A plan for a share of the chains. */
export interface EstimatePlan extends SimulationPlan {
  readonly rate: number;
}

interface LinkedSample extends ChainSample {
  readonly references: ReferenceIndex;
}

/** Hit ratios of one policy at one size, one a sample. */
interface SampledRatios {
  readonly blocks: readonly number[];
  readonly tokens: readonly number[];
}

/**
 * Every policy at every size by mini-simulation: a share of the chains through a cache of that share. Each figure is the
 * mean of several samples, and how they differ says how sure it is; hits are never above the ceiling.
 *
 * @throws WavetuneError `replay-cache.empty-sample` where a sample has no measured request.
 */
export async function estimate(
  ground: Ground,
  plan: EstimatePlan,
  bench: Bench,
): Promise<readonly Result[]> {
  const { policies, sizes, rate } = plan;
  const samples = SEEDS.map((seed) => drawSample(ground, rate, seed));
  const pairs = policies.flatMap((policy) => sizes.map((size) => ({ policy, size })));
  let done = 0;
  bench.session.progress.report('simulating samples', 0, pairs.length);
  return Promise.all(
    pairs.map(async ({ policy, size }) => {
      const result = await estimateOne(ground, { ...plan, policy, size, samples }, bench);
      bench.session.checkpoint();
      bench.session.progress.report('simulating samples', ++done, pairs.length);
      return result;
    }),
  );
}

function drawSample({ trace: { columns }, window }: Ground, rate: number, seed: number) {
  const measured = { begin: window.measureFrom, end: shapeOf(columns).requests };
  const sample = sampleChains(columns, { measured, rate, seed });
  if (sample === undefined) {
    throw replayCacheError('replay-cache.empty-sample', { rate, requests: window.requests });
  }
  const { blocks, parents } = sample.columns;
  return { ...sample, references: linkReferences(blocks, parents.length) };
}

async function estimateOne(
  ground: Ground,
  one: EstimatePlan & {
    readonly policy: NamedPolicy;
    readonly size: Size;
    readonly samples: readonly LinkedSample[];
  },
  { pool }: Bench,
): Promise<Result> {
  const { policy, size, rate, samples, raw } = one;
  const { window, ceiling } = ground;
  const results = await Promise.all(
    samples.map(async ({ columns, references, measureFrom }) => {
      const simulation = {
        ...policy,
        capacityBlocks: miniCapacity(size.blocks, rate),
        residency: raw.residency,
        hits: raw.hits,
        measureFrom,
      };
      const input = { columns, references, simulations: [simulation], firstPlace: 0 };
      const [{ outcome }] = await pool.run(costedReplayTask, input);
      return outcome;
    }),
  );
  const ratios: SampledRatios = {
    blocks: results.map((each) => ratioOf(each.hitBlocks, each.blockReferences) ?? 0),
    tokens: results.map((each) => ratioOf(each.hitTokens, each.inputTokens) ?? 0),
  };
  const tokens = Math.round(meanOf(ratios.tokens) * window.inputTokens);
  return {
    ...{ policy: policy.policy, parameters: results[0].parameters, capacityBlocks: size.blocks },
    ...{ residency: raw.residency, hits: raw.hits, ...window },
    hitBlocks: Math.round(meanOf(ratios.blocks) * window.blockReferences),
    hitTokens: raw.hits === 'continuous' ? Math.min(tokens, ceiling.hitTokens) : tokens,
    hitTokensSquared: undefined,
    evictions: undefined,
    sample: { ratio: rate, standardError: standardErrorOf(ratios.tokens) },
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean. */
function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
