import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import { blocksOf, type PrefixForest, tokensOf } from './forest.ts';
import { type Decay, scoreCohorts } from './popularity.ts';
import { orderDescending } from './radix-order.ts';
import { measureReuse, type ReuseIntervals } from './reuse.ts';

/** What KV takes: so many bytes a token, or so many a page whatever its block holds. */
export interface KvSize {
  readonly per: 'token' | 'page';
  readonly bytes: number;
}

/** A maximal run of blocks that the same requests pass through, with what a planner asks of it. */
export interface Cohort {
  /** Its id in the forest. */
  readonly cohort: number;
  /** Its last block, whose identity names the whole prefix. */
  readonly block: number;
  /** The last block of the cohort above it; undefined for a root. */
  readonly parentBlock: number | undefined;
  /** Blocks from the root to its last block. */
  readonly depth: number;
  /** Blocks of the run. */
  readonly blocks: number;
  /** Tokens of the run, the partial last block with what it holds. */
  readonly tokens: number;
  /** Requests through it. */
  readonly count: number;
  /** Distinct tenants of these requests. */
  readonly tenants: number;
  readonly bytes: number;
  /** `(count − 1) × tokens`: what an infinite cache spares. */
  readonly savedTokens: number;
  readonly firstSeenMillis: number;
  readonly lastSeenMillis: number;
  /** See `scoreCohorts`. */
  readonly score: number;
  /** Undefined where only one request passes through. */
  readonly reuseIntervalMillis: ReuseIntervals | undefined;
}

/** Saved tokens of every cohort, `(count − 1) × tokens`, shape `[k]`. They sum to the infinite-cache ceiling. */
export function countSavedTokens(forest: PrefixForest): Float64Array {
  const saved = sharedFloat64(forest.counts.length);
  for (let c = 0; c < saved.length; c++) saved[c] = (forest.counts[c] - 1) * tokensOf(forest, c);
  return saved;
}

/**
 * The `limit` cohorts that save most tokens, most first, ties in order of first appearance.
 *
 * Cost: O(cohorts), whatever the limit; no object a cohort.
 */
export function selectTopCohorts(forest: PrefixForest, limit: number): Uint32Array {
  return orderDescending(countSavedTokens(forest)).slice(0, limit);
}

/**
 * Distinct tenants of the requests through each cohort, shape `[k]`.
 *
 * Tenant by tenant, each request climbs towards the root until it meets a cohort that the tenant has already been counted
 * in. Cost: O(requests + tenants + the sum of the result); one tenant costs O(cohorts).
 */
export function countTenants(columns: TraceColumns, forest: PrefixForest): Uint32Array {
  const { offsets, blocks, tenants } = columns;
  const { parents, cohortOf } = forest;
  const counts = sharedUint32(parents.length);
  const byTenant = groupByTenant(tenants);
  if (byTenant === undefined) return counts.fill(1);
  const countedIn = new Uint32Array(parents.length).fill(NONE);
  for (const r of byTenant) {
    if (offsets[r + 1] === offsets[r]) continue;
    let cohort = cohortOf[blocks[offsets[r + 1] - 1]];
    while (cohort !== NONE && countedIn[cohort] !== tenants[r]) {
      countedIn[cohort] = tenants[r];
      counts[cohort] += 1;
      cohort = parents[cohort];
    }
  }
  return counts;
}

/**
 * The selected cohorts in full, in the order given.
 *
 * Cost: `scoreCohorts`, `countTenants` and `measureReuse` once each, and one object a selected cohort.
 */
export function describeCohorts(
  columns: TraceColumns,
  forest: PrefixForest,
  options: { readonly selected: Uint32Array; readonly size: KvSize; readonly decay: Decay },
): readonly Cohort[] {
  const { selected, size, decay } = options;
  const { starts, parents, counts, depths, firstRequests, lastRequests } = forest;
  const scores = scoreCohorts(columns, forest, decay);
  const tenants = countTenants(columns, forest);
  const reuse = measureReuse(columns, forest, selected);
  return Array.from(selected, (c, i) => {
    const tokens = tokensOf(forest, c);
    const blocks = blocksOf(forest, c);
    return {
      cohort: c,
      block: starts[c + 1] - 1,
      parentBlock: parents[c] === NONE ? undefined : starts[parents[c] + 1] - 1,
      depth: depths[c],
      blocks,
      tokens,
      count: counts[c],
      tenants: tenants[c],
      bytes: size.bytes * (size.per === 'token' ? tokens : blocks),
      savedTokens: (counts[c] - 1) * tokens,
      firstSeenMillis: columns.timeMillis[firstRequests[c]],
      lastSeenMillis: columns.timeMillis[lastRequests[c]],
      score: scores[c],
      reuseIntervalMillis: reuse[i],
    };
  });
}

/** Request numbers, those of one tenant together; undefined where all are of one tenant. */
function groupByTenant(tenants: Uint32Array): Uint32Array | undefined {
  return tenants.every((tenant) => tenant === tenants[0]) ? undefined : orderDescending(tenants);
}
