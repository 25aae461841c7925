import { assertNever } from '@wavetune/core';
import type { PrefixIndex } from '../index/prefix-index.ts';
import type { EntryKey } from '../totals/prefix-event.ts';
import { byScore, isTooOld } from './candidates.ts';
import { type Entry, entryOf } from './entry.ts';
import type { Scoring } from './scoring.ts';
import { scoringOf, suggest } from './suggest.ts';
import type { SuggestQuery } from './suggestion.ts';

/** What keeps a prefix out of the hints, or `suggested`. */
export type Verdict =
  | 'suggested'
  | 'unknown'
  | 'score-is-zero'
  | 'below-min-score'
  | 'too-old'
  | 'outside-top-k'
  | 'does-not-fit';

/** Why a prefix is among the hints of a query, or is not. */
export interface Explanation {
  readonly verdict: Verdict;
  /** For people. */
  readonly because: string;
  /** Event time in milliseconds; null for an empty index. */
  readonly asOf: number | null;
  /** By score among the prefixes of the query's tenants, from 1; null for an unknown prefix. */
  readonly rank: number | null;
  /** How many prefixes there are. */
  readonly of: number;
  readonly entry: Entry | null;
}

/**
 * Answers the query and says how one prefix fared. A prefix of a tenant that the query leaves out is unknown to it.
 *
 * Cost: O(n) over the prefixes of the query's tenants, for the rank.
 *
 * @throws WavetuneError as {@link suggest}.
 */
export function explain(index: PrefixIndex, key: EntryKey, query: SuggestQuery): Explanation {
  const { asOf, hints } = suggest(index, query);
  const scoring = scoringOf(index, query);
  const isVisible = query.tenants === undefined || query.tenants.includes(key.tenant);
  const row = isVisible ? index.find(key) : undefined;
  const rows = [...index.rows(query.tenants)];
  if (row === undefined || scoring === undefined) {
    const because = `no event of ${key.prefix_id} was seen for this tenant and model`;
    return { verdict: 'unknown', because, asOf, rank: null, of: rows.length, entry: null };
  }
  const isHint = hints.some(
    (hint) =>
      hint.prefix_id === key.prefix_id &&
      hint.tenant === key.tenant &&
      hint.model_id === key.model_id,
  );
  const rank = rankOf(scoring, rows, row);
  const verdict = isHint ? 'suggested' : refusal(scoring, query, { row, rank });
  const entry = entryOf(scoring, row);
  const because = sentence(verdict, { entry, query, rank });
  return { verdict, because, asOf, rank, of: rows.length, entry };
}

function rankOf(scoring: Scoring, rows: readonly number[], row: number): number {
  const compare = byScore(scoring.totals);
  const own = { row, score: scoring.score(row) };
  let rank = 1;
  for (const other of rows) {
    if (compare({ row: other, score: scoring.score(other) }, own) < 0) rank++;
  }
  return rank;
}

function refusal(
  scoring: Scoring,
  query: SuggestQuery,
  { row, rank }: { readonly row: number; readonly rank: number },
): Verdict {
  const score = scoring.score(row);
  if (score <= 0) return 'score-is-zero';
  if (score < (query.minScore ?? 0)) return 'below-min-score';
  if (isTooOld(scoring, query, row)) return 'too-old';
  const isPacked = query.budgetBytes !== undefined || query.creditBytes !== undefined;
  return isPacked && rank <= query.topK ? 'does-not-fit' : 'outside-top-k';
}

interface Finding {
  readonly entry: Entry;
  readonly query: SuggestQuery;
  readonly rank: number;
}

function sentence(verdict: Verdict, { entry, query, rank }: Finding): string {
  const score = entry.score.toPrecision(4);
  switch (verdict) {
    case 'suggested':
      return `it is one of the hints: score ${score}, rank ${rank}${lowered(entry)}`;
    case 'unknown':
      return 'it was never seen';
    case 'score-is-zero':
      return 'nothing of its score is left, or no event carried what the score weighs by';
    case 'below-min-score':
      return `its score ${score} is below ${query.minScore}${lowered(entry)}`;
    case 'too-old':
      return `it was last seen ${entry.age_ms} ms before the as-of time; accepted are ${query.maxAgeMillis} ms`;
    case 'outside-top-k':
      return `its rank is ${rank}; ${query.topK} were asked for${lowered(entry)}`;
    case 'does-not-fit':
      return `its ${entry.bytes} bytes and those of its parents do not fit beside what is denser in score`;
    default:
      return assertNever(verdict, 'verdict');
  }
}

function lowered({ feedback }: Entry): string {
  if (feedback === null || feedback.usefulness === 1) return '';
  return `; feedback lowers the score to ${(100 * feedback.usefulness).toPrecision(3)} %`;
}
