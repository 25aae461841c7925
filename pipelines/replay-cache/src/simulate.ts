import {
  costedReplayTask,
  hitsTask,
  hitTokensOf,
  type LearnedTable,
  linkReferences,
  type Simulation,
} from '@wavetune/cachesim';
import { shapeOf } from '@wavetune/core';
import type { Pool } from '@wavetune/pool';
import type { Bench } from './bench.ts';
import { LEARNED, learnTables } from './learned.ts';
import type { RawOptions } from './options.ts';
import type { NamedPolicy } from './policy-list.ts';
import type { Ground, Result, Size } from './replay-trace.ts';
import { shareOf } from './split-cache.ts';

/** What is to be simulated: every policy at every size. */
export interface SimulationPlan {
  readonly policies: readonly NamedPolicy[];
  readonly sizes: readonly Size[];
  readonly raw: Pick<RawOptions, 'residency' | 'hits'>;
}

/** Every policy at every size, policy by policy, spread over the pool; the answer does not depend on how. */
export async function simulate(
  ground: Ground,
  { policies, sizes, raw }: SimulationPlan,
  bench: Bench,
): Promise<readonly Result[]> {
  const { pool, session } = bench;
  const isLearning = policies.some(({ policy }) => policy === LEARNED);
  const tables = isLearning ? await learnTables(ground, sizes, bench) : undefined;
  const simulations = policies.flatMap(({ policy, parameters }) =>
    sizes.map((size) => ({
      policy,
      parameters,
      capacityBlocks: size.blocks,
      residency: raw.residency,
      hits: raw.hits,
      measureFrom: ground.window.measureFrom,
      inputs: ground.inputs,
      ...(policy === LEARNED && tables && { table: tables.get(size.blocks) }),
    })),
  );
  const run = ground.split === undefined ? replayWith(ground, pool) : replaySplit(ground, pool);
  let done = 0;
  session.progress.report('simulating', 0, simulations.length);
  return Promise.all(
    simulations.map(async (simulation) => {
      const result = { ...(await run(simulation)), ...tableOf(simulation) };
      session.checkpoint();
      session.progress.report('simulating', ++done, simulations.length);
      return result;
    }),
  );
}

/** A learned policy has no name that a later replay could look up. */
function tableOf({ table }: { readonly table?: LearnedTable | undefined }): Pick<Result, 'table'> {
  return table === undefined ? {} : { table };
}

type Run = (simulation: Required<Omit<Simulation, 'table'>>) => Promise<Result>;

function replayWith({ trace: { columns } }: Ground, pool: Pool): Run {
  const references = linkReferences(columns.blocks, shapeOf(columns).distinctBlocks);
  return async (simulation) => {
    const input = { columns, references, simulations: [simulation], firstPlace: 0 };
    const [{ outcome }] = await pool.run(costedReplayTask, input);
    return outcome;
  };
}

/** The capacity shared out among the caches of the split, each of which sees its own requests only. */
function replaySplit({ trace: { columns }, window, split }: Ground, pool: Pool): Run {
  return async (simulation) => {
    const { policy, parameters, residency, hits, capacityBlocks } = simulation;
    const share = { ...simulation, capacityBlocks: shareOf(split, capacityBlocks) };
    const input = {
      columns,
      simulations: [share],
      firstPlace: 0,
      ...(split && { parts: split.parts }),
    };
    const [{ outcome: hitBlocksOf }] = await pool.run(hitsTask, input);
    const tokens = hitTokensOf(columns, hitBlocksOf).subarray(window.measureFrom);
    return {
      ...{ policy, parameters, residency, hits, capacityBlocks, ...window },
      hitBlocks: sum(hitBlocksOf.subarray(window.measureFrom)),
      hitTokens: sum(tokens),
      hitTokensSquared: sum(tokens.map((count) => count ** 2)),
      evictions: undefined,
    };
  };
}

function sum(values: Uint32Array | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
