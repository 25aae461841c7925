import type { PrefixIndex } from '../index/prefix-index.ts';
import { AT, ROW_WIDTH } from '../totals/totals-columns.ts';
import type { TotalsRows } from '../totals/totals-rows.ts';
import type { Scoring } from './scoring.ts';
import type { SuggestQuery } from './suggestion.ts';

/** A row and its score, feedback counted in. */
export interface Candidate {
  readonly row: number;
  readonly score: number;
}

/**
 * The best `count` rows that the query admits, the best first; equals go by tenant, model and prefix.
 *
 * Cost: O(count log count), and what feedback lowers or the query refuses; O(n log n) over all rows for another weight
 * than the settings' own, or a time before the newest event, whose order the heap does not know.
 */
export function bestCandidates(
  index: PrefixIndex,
  scoring: Scoring,
  { query, count }: { readonly query: SuggestQuery; readonly count: number },
): readonly Candidate[] {
  const best: Candidate[] = [];
  const compare = byScore(scoring.totals);
  const isOut = (row: number, score: number): boolean => {
    if (best.length < count) return false;
    const last = best[count - 1];
    if (score !== last.score) return score < last.score;
    return compare({ row, score }, last) > 0;
  };
  for (const row of rowsByPopularity(index, scoring, query)) {
    const popularity = scoring.popularity(row);
    if (popularity <= 0 || popularity < (query.minScore ?? 0)) break;
    if (isOut(row, popularity)) break;
    const score = popularity * scoring.usefulness(row);
    if (!admits(scoring, query, { row, score }) || isOut(row, score)) continue;
    const isLast = best.length === 0 || score < best[best.length - 1].score;
    if (isLast) best.push({ row, score });
    else best.splice(placeOf(best, { row, score }, compare), 0, { row, score });
    if (best.length > count) best.pop();
  }
  return best;
}

/** The greater score first, then by key. */
export function byScore(totals: TotalsRows): (a: Candidate, b: Candidate) => number {
  return (a, b) => b.score - a.score || totals.compareKeys(a.row, b.row);
}

/** Rows whose popularity descends. */
function rowsByPopularity(
  index: PrefixIndex,
  { totals, asOfMillis, weight, popularity }: Scoring,
  { tenants }: SuggestQuery,
): Iterable<number> {
  if (weight === index.settings.weight && asOfMillis >= index.newestMillis(tenants)) {
    return index.best(tenants);
  }
  const known = [...index.rows(tenants)].map((row) => ({ row, score: popularity(row) }));
  return known.sort(byScore(totals)).map(({ row }) => row);
}

/** Whether the query's bounds leave a row in. */
export function admits(scoring: Scoring, query: SuggestQuery, { row, score }: Candidate): boolean {
  return score > 0 && score >= (query.minScore ?? 0) && !isTooOld(scoring, query, row);
}

export function isTooOld(
  { totals, asOfMillis }: Scoring,
  { maxAgeMillis = Number.POSITIVE_INFINITY }: SuggestQuery,
  row: number,
): boolean {
  return asOfMillis - totals.numbers()[row * ROW_WIDTH + AT.lastSeenMillis] > maxAgeMillis;
}

function placeOf(
  sorted: readonly Candidate[],
  candidate: Candidate,
  compare: (a: Candidate, b: Candidate) => number,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(candidate, sorted[middle]) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
