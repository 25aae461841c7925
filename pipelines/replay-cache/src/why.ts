import {
  decomposeLoss,
  explainMisses,
  hitsByTenant,
  hitsTask,
  isEvictionPolicy,
  learnedPolicy,
  MISS_REASONS,
  policyOf,
} from '@wavetune/cachesim';
import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, shapeOf } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import type { Bench } from './bench.ts';
import { percent, ratioOf } from './figures.ts';
import type { Comparison, Ground, Result } from './replay-trace.ts';
import { shareOf } from './split-cache.ts';

/** Why the best policy at each size missed, where tokens were lost, and who had the hits. */
export interface Why {
  readonly misses: NonNullable<CacheReplay['misses']>;
  readonly losses: NonNullable<CacheReplay['losses']>;
  readonly tenants: NonNullable<CacheReplay['tenants']>;
}

/** No policy: what it misses is the loss to the workload and to capacity. */
const BOUND = 'optimum';
const DIVERGENCES_SHOWN = 5;
const TENANTS_SHOWN = 10;

/** Explains the best policy at each size; the bound is none. */
export async function explain(
  { ground, sizes, results }: Comparison,
  options: { readonly replicas: number; readonly bench: Bench },
): Promise<Why> {
  const misses: Why['misses'][number][] = [];
  const losses: Why['losses'][number][] = [];
  const tenants: Why['tenants'][number][] = [];
  for (const { blocks } of sizes) {
    const best = bestAt(results, blocks);
    if (best === undefined) continue;
    const hits = await hitsOf(ground, best, options.bench);
    misses.push(missesOf(ground, best, hits));
    losses.push(lossesOf(ground, best, options.replicas));
    tenants.push(...tenantsOf(ground, best, hits));
    options.bench.session.checkpoint();
  }
  return { misses, losses, tenants };
}

/** The tables of {@link explain} as a person reads them. */
export function whyText({ misses, losses, tenants }: Why): string {
  return [missTable(misses), divergenceTable(misses), lossTable(losses), tenantTable(tenants)]
    .filter((table) => table !== undefined)
    .join('\n\n');
}

function bestAt(results: readonly Result[], blocks: number): Result | undefined {
  return results
    .filter(({ policy, capacityBlocks }) => capacityBlocks === blocks && policy !== BOUND)
    .reduce<Result | undefined>(
      (best, each) => (best === undefined || each.hitTokens > best.hitTokens ? each : best),
      undefined,
    );
}

async function hitsOf(ground: Ground, result: Result, { pool }: Bench): Promise<Uint32Array> {
  const { policy, parameters, capacityBlocks, table } = result;
  const { split, inputs, trace } = ground;
  const simulation = {
    policy,
    parameters,
    inputs,
    ...(table && { table }),
    capacityBlocks: shareOf(split, capacityBlocks),
  };
  const input = {
    columns: trace.columns,
    simulations: [simulation],
    firstPlace: 0,
    ...(split && { parts: split.parts }),
  };
  const [{ outcome }] = await pool.run(hitsTask, input);
  return outcome;
}

function missesOf(ground: Ground, result: Result, hits: Uint32Array): Why['misses'][number] {
  const { policy, capacityBlocks } = result;
  const { columns, names } = ground.trace;
  const ttlMillis = longestLifeOf(result);
  const { blocks, missedBlocks, divergences } = explainMisses(columns, {
    measured: measuredOf(ground),
    hits,
    ...(ground.split && { parts: ground.split.parts }),
    ...(ttlMillis !== undefined && { ttlMillis }),
  });
  return {
    policy,
    capacityBlocks,
    blocks,
    missedBlocks,
    divergences: divergences.slice(0, DIVERGENCES_SHOWN).map((divergence) => ({
      ...divergence,
      block: names.nameOf(divergence.block),
    })),
  };
}

/** Past it a block has expired; one that pressure drove out sooner was evicted. Undefined where nothing expires. */
function longestLifeOf({ policy, parameters }: Result): number | undefined {
  if (policy !== 'ttl' && policy !== 'ttl-pressure') return undefined;
  return 1000 * Math.max(...Object.values(parameters).map(Number));
}

function lossesOf(ground: Ground, result: Result, replicas: number): Why['losses'][number] {
  const { policy, parameters, capacityBlocks, table } = result;
  const spec = table === undefined ? policyOf(policy) : learnedPolicy(table);
  if (!isEvictionPolicy(spec)) throw new Error(`${policy} evicts nothing`);
  const { policy: eviction, ...loss } = decomposeLoss(ground.trace.columns, {
    choice: { spec, capacityBlocks, parameters, inputs: ground.inputs },
    measured: measuredOf(ground),
    replicas,
  });
  return { policy, capacityBlocks, replicas, ...loss, eviction };
}

function tenantsOf(ground: Ground, result: Result, hits: Uint32Array): Why['tenants'] {
  const { policy, capacityBlocks } = result;
  const rows = hitsByTenant(ground.trace.columns, hits, measuredOf(ground));
  if (rows.length < 2) return [];
  return rows.map(({ tenant, hitRatio, ...counts }) => ({
    policy,
    capacityBlocks,
    tenant: ground.trace.tenants[tenant],
    ...counts,
    hitRatio: hitRatio ?? null,
  }));
}

function measuredOf({ window, trace }: Ground) {
  return { begin: window.measureFrom, end: shapeOf(trace.columns).requests };
}

const SIMULATION: readonly TableColumn[] = [
  { heading: 'capacity', align: 'right' },
  { heading: 'policy', align: 'left' },
];

function missTable(misses: Why['misses']): string {
  const rows = misses.map(({ policy, capacityBlocks, blocks, missedBlocks }) => [
    formatCount(capacityBlocks),
    policy,
    formatCount(missedBlocks),
    ...MISS_REASONS.map((reason) => percent(ratioOf(blocks[reason], missedBlocks))),
  ]);
  const headings = ['missed blocks', ...MISS_REASONS];
  return renderTable([...SIMULATION, ...headings.map(toNumberColumn)], rows);
}

function divergenceTable(misses: Why['misses']): string | undefined {
  const last = misses.at(-1);
  if (last === undefined || last.divergences.length === 0) return undefined;
  return renderTable(
    ['chains diverge after block', 'requests', 'blocks missed after it'].map(toNumberColumn),
    last.divergences.map(({ block, requests, missedBlocks }) => [
      block,
      formatCount(requests),
      formatCount(missedBlocks),
    ]),
  );
}

function lossTable(losses: Why['losses']): string | undefined {
  if (losses.length === 0) return undefined;
  const routings = Object.keys(losses[0].routing);
  const split = losses[0].replicas === 1 ? [] : routings;
  const headings = ['hit', 'workload', 'capacity', 'eviction', 'isolation', ...split];
  const rows = losses.map((loss) => [
    formatCount(loss.capacityBlocks),
    loss.policy,
    ...[loss.hitTokens, loss.workload, loss.capacity, loss.eviction, loss.isolation]
      .concat(split.map((routing) => loss.routing[routing]))
      .map((tokens) => percent(ratioOf(tokens, loss.inputTokens))),
  ]);
  return renderTable([...SIMULATION, ...headings.map(toNumberColumn)], rows);
}

function tenantTable(tenants: Why['tenants']): string | undefined {
  const last = tenants.at(-1);
  if (last === undefined) return undefined;
  const rows = tenants
    .filter(({ capacityBlocks }) => capacityBlocks === last.capacityBlocks)
    .toSorted((a, b) => b.inputTokens - a.inputTokens)
    .slice(0, TENANTS_SHOWN);
  return renderTable(
    [
      { heading: `tenant, at ${formatCount(last.capacityBlocks)} blocks`, align: 'left' },
      ...['requests', 'prompt tokens', 'hit ratio'].map(toNumberColumn),
    ],
    rows.map(({ tenant, requests, inputTokens, hitRatio }) => [
      tenant,
      formatCount(requests),
      formatCount(inputTokens),
      percent(hitRatio ?? undefined),
    ]),
  );
}

function toNumberColumn(heading: string): TableColumn {
  return { heading, align: 'right' };
}
