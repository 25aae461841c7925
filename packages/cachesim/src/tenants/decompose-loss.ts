import { type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';
import { ceilingOf } from '../optimum/ceiling.ts';
import { replay } from '../replay/replay.ts';
import { firstRequests } from '../sampling/select-requests.ts';
import { hitTokensOf, type PolicyChoice, requestHits } from '../statistics/request-hits.ts';
import { partitionedHits } from './partitioned-hits.ts';
import { ROUTINGS, type Routing, routeRequests } from './route-requests.ts';

/** Input tokens of the measured window, each counted where it was lost; what remains was hit. */
export interface LossTable {
  readonly inputTokens: number;
  /** Never seen before: no cache could have hit them. */
  readonly workload: number;
  /** What a cache that knows the future loses for lack of room. */
  readonly capacity: number;
  /** What the policy loses more than that. */
  readonly policy: number;
  /** What hits in one shared cache of the same total size, and not in one for each tenant; negative where isolation helps. */
  readonly isolation: number;
  /** Likewise for one cache for each replica. */
  readonly routing: Readonly<Record<Routing, number>>;
  /** Hits of the shared cache. */
  readonly hitTokens: number;
}

export interface LossOptions {
  /** `capacityBlocks` is of all caches together; each tenant or replica gets an equal share, at least one block. */
  readonly choice: PolicyChoice;
  readonly measured: RequestRange;
  readonly replicas: number;
}

/**
 * Where hit tokens are lost. `workload + capacity + policy + hitTokens` is `inputTokens`; isolation and routing are what
 * the two ways of splitting the cache cost beside that.
 */
export function decomposeLoss(all: TraceColumns, options: LossOptions): LossTable {
  const { choice, measured, replicas } = options;
  const columns = firstRequests(all, measured.end);
  const inputTokens = sumOf(Float64Array.from(columns.inputTokens), measured);
  const { hitTokens: ceiling } = ceilingOf(columns, measured.begin);
  const optimum = replay(columns, {
    policy: 'optimum',
    capacityBlocks: choice.capacityBlocks,
    measureFrom: measured.begin,
  }).hitTokens;
  const tokensOf = (hits: Uint32Array) => sumOf(hitTokensOf(columns, hits), measured);
  const hitTokens = tokensOf(requestHits(columns, choice));
  const lostIn = (caches: number, partsOf: () => Uint32Array): number => {
    if (caches === 1) return 0;
    const capacityBlocks = Math.max(1, Math.floor(choice.capacityBlocks / caches));
    return hitTokens - tokensOf(partitionedHits(columns, partsOf(), { ...choice, capacityBlocks }));
  };
  const routing = ROUTINGS.map((name) => [
    name,
    lostIn(replicas, () => routeRequests(columns, name, replicas)),
  ]);
  return {
    inputTokens,
    workload: inputTokens - ceiling,
    capacity: ceiling - optimum,
    policy: optimum - hitTokens,
    isolation: lostIn(tenantsOf(columns), () => columns.tenants),
    routing: Object.fromEntries(routing) as Record<Routing, number>,
    hitTokens,
  };
}

function tenantsOf(columns: TraceColumns): number {
  return shapeOf(columns).requests === 0 ? 1 : new Set(columns.tenants).size;
}

function sumOf(values: Float64Array, { begin, end }: RequestRange): number {
  return values.subarray(begin, end).reduce((sum, value) => sum + value, 0);
}
