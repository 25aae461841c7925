import { popHeap, pushHeap } from '@wavetune/core';
import type { PrefixIndex } from '../index/prefix-index.ts';
import { byScore, type Candidate } from './candidates.ts';
import { type Chain, chainOf, parentOf } from './chains.ts';
import type { Scoring } from './scoring.ts';
import type { SuggestQuery } from './suggestion.ts';

/** What may be taken, and from what. */
export interface Packing {
  readonly query: SuggestQuery;
  readonly candidates: readonly Candidate[];
}

/** What is taken so far. */
interface Load {
  readonly taken: Set<number>;
  bytes: number;
  score: number;
  readonly bytesByTenant: Map<string, number>;
}

/**
 * Of the candidates, a set closed under known parents that fits the query's bytes, credits and number of hints. By score
 * density: the chain that adds most score a byte comes first (Dantzig's rule). Where the best single chain is worth more
 * than all of those it is taken instead, which makes the set worth at least half of the best one, as long as there are
 * no parents and only the budget binds.
 *
 * Cost: O(m log m) for m candidates, and their chains.
 *
 * @returns Rows, the greatest score first, but a parent before what goes on from it.
 */
export function packBudget(
  index: PrefixIndex,
  scoring: Scoring,
  packing: Packing,
): readonly number[] {
  const byDensity = takeByDensity(index, scoring, packing);
  const single = takeBestSingle(index, scoring, packing);
  return parentsFirst(index, scoring, single.score > byDensity.score ? single : byDensity);
}

function takeByDensity(index: PrefixIndex, scoring: Scoring, { query, candidates }: Packing): Load {
  const load = emptyLoad();
  const { taken } = load;
  const longest = query.topK + 1;
  const waiting = candidates
    .map(({ row }) => chainOf(index, scoring, { row, taken, longest }))
    .reverse();
  waiting.sort((a, b) => density(a) - density(b));
  /** Chains whose parents were taken meanwhile. */
  const changed: Chain[] = [];
  while (waiting.length + changed.length > 0 && taken.size < query.topK) {
    const { row, rows } = takeDensest(waiting, changed);
    if (taken.has(row)) continue;
    const chain = chainOf(index, scoring, { row, taken, longest });
    const next = Math.max(densityOrNone(waiting.at(-1)), densityOrNone(changed[0]));
    if (chain.rows.length < rows.length && density(chain) < next) {
      pushHeap(changed, chain, isDenser);
    } else if (fits(scoring, query, load, chain)) {
      take(scoring, load, chain);
    }
  }
  return load;
}

/** Off the end of a list that ascends, or off a heap. */
function takeDensest(ascending: Chain[], heap: Chain[]): Chain {
  const isOfHeap = heap.length > 0 && densityOrNone(heap[0]) >= densityOrNone(ascending.at(-1));
  return isOfHeap ? popHeap(heap, isDenser) : ascending.pop()!;
}

function densityOrNone(chain: Chain | undefined): number {
  return chain === undefined ? Number.NEGATIVE_INFINITY : density(chain);
}

function isDenser(a: Chain, b: Chain): boolean {
  return density(a) > density(b);
}

function takeBestSingle(
  index: PrefixIndex,
  scoring: Scoring,
  { query, candidates }: Packing,
): Load {
  const load = emptyLoad();
  let best: Chain | undefined;
  for (const { row } of candidates) {
    const chain = chainOf(index, scoring, {
      row,
      taken: load.taken,
      longest: query.topK + 1,
    });
    if (chain.score > (best?.score ?? 0) && fits(scoring, query, load, chain)) best = chain;
  }
  if (best !== undefined) take(scoring, load, best);
  return load;
}

function emptyLoad(): Load {
  return { taken: new Set(), bytes: 0, score: 0, bytesByTenant: new Map() };
}

function fits({ totals }: Scoring, query: SuggestQuery, load: Load, chain: Chain): boolean {
  const { topK, budgetBytes = Number.POSITIVE_INFINITY, creditBytes } = query;
  if (load.taken.size + chain.rows.length > topK) return false;
  if (load.bytes + chain.bytes > budgetBytes) return false;
  const tenant = totals.tenantOf(chain.row);
  const spent = load.bytesByTenant.get(tenant) ?? 0;
  return creditBytes === undefined || spent + chain.bytes <= creditBytes(tenant);
}

function take({ totals }: Scoring, load: Load, chain: Chain): void {
  const tenant = totals.tenantOf(chain.row);
  for (const row of chain.rows) load.taken.add(row);
  load.bytes += chain.bytes;
  load.score += chain.score;
  load.bytesByTenant.set(tenant, (load.bytesByTenant.get(tenant) ?? 0) + chain.bytes);
}

/** Score a byte; what takes no bytes goes first. */
function density({ score, bytes }: Chain): number {
  return bytes === 0 ? Number.POSITIVE_INFINITY : score / bytes;
}

function parentsFirst(index: PrefixIndex, scoring: Scoring, { taken }: Load): readonly number[] {
  const candidates = [...taken].map((row) => ({ row, score: scoring.score(row) }));
  const ordered = new Set<number>();
  for (const { row } of candidates.sort(byScore(scoring.totals))) {
    const chain: number[] = [];
    for (let at: number | undefined = row; at !== undefined; at = parentOf(index, at)) {
      if (ordered.has(at) || !taken.has(at) || chain.includes(at)) break;
      chain.push(at);
    }
    for (const at of chain.reverse()) ordered.add(at);
  }
  return [...ordered];
}
