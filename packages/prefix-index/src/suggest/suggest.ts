import type { PrefixIndex } from '../index/prefix-index.ts';
import { prefixIndexError } from '../prefix-index-errors.ts';
import { createByteSheet } from './byte-sheet.ts';
import { bestCandidates } from './candidates.ts';
import { type Choice, hintOf, writeHint } from './hint.ts';
import { packBudget } from './pack-budget.ts';
import { createScoring, type Scoring } from './scoring.ts';
import type { Suggestion, SuggestQuery } from './suggestion.ts';

/** More hints than this are a dump. */
export const MOST_HINTS = 100_000;

/** A budget is filled from the best so many by score, or 16 a hint where that is more. Chosen. */
const LEAST_PACKED = 4096;
const PACKED_A_HINT = 16;

/**
 * The prefixes to warm: the best by score, or what fits a budget. Reads the index and nothing else.
 *
 * @throws WavetuneError `prefix-index.bad-option` for what is not a number within its bounds.
 */
export function suggest(index: PrefixIndex, query: SuggestQuery): Suggestion {
  checkQuery(query);
  const scoring = scoringOf(index, query);
  if (scoring === undefined) return { asOf: null, hints: [] };
  const { settings } = index;
  const hints = chosen(index, scoring, query).map((choice) => hintOf(scoring, settings, choice));
  return { asOf: scoring.asOfMillis, hints };
}

const SHEET = createByteSheet();

/** {@link suggest} in JSON, encoded, in a fraction of the time. */
export function suggestJson(index: PrefixIndex, query: SuggestQuery): Buffer {
  checkQuery(query);
  const scoring = scoringOf(index, query);
  SHEET.clear();
  if (scoring === undefined) {
    SHEET.ascii('{"asOf":null,"hints":[]}');
    return SHEET.take();
  }
  const { settings } = index;
  SHEET.ascii(`{"asOf":${scoring.asOfMillis},"hints":[`);
  let between = '';
  for (const choice of chosen(index, scoring, query)) {
    SHEET.ascii(between);
    writeHint(SHEET, { scoring, settings }, choice);
    between = ',';
  }
  SHEET.ascii(']}');
  return SHEET.take();
}

function chosen(index: PrefixIndex, scoring: Scoring, query: SuggestQuery): readonly Choice[] {
  if (query.budgetBytes !== undefined || query.creditBytes !== undefined) {
    return packed(index, scoring, query);
  }
  const best = bestCandidates(index, scoring, { query, count: query.topK });
  return best.map(({ row }) => ({ row, reason: 'popular' }));
}

/** As of the query's time and weight; undefined for an index without events. */
export function scoringOf(
  index: PrefixIndex,
  query: Pick<SuggestQuery, 'tenants' | 'asOfMillis' | 'weight'>,
): Scoring | undefined {
  const asOfMillis = query.asOfMillis ?? index.newestMillis(query.tenants);
  if (!Number.isFinite(asOfMillis)) return undefined;
  return createScoring(index, { asOfMillis, weight: query.weight ?? index.settings.weight });
}

/** Rows that fit, each with what it was taken for. */
function packed(index: PrefixIndex, scoring: Scoring, query: SuggestQuery): readonly Choice[] {
  const count = Math.max(LEAST_PACKED, PACKED_A_HINT * query.topK);
  const candidates = bestCandidates(index, scoring, { query, count });
  const popular = new Set(candidates.map(({ row }) => row));
  return packBudget(index, scoring, { query, candidates }).map((row) => ({
    row,
    reason: popular.has(row) ? 'popular' : 'parent',
  }));
}

function checkQuery(query: SuggestQuery): void {
  const { topK, minScore, maxAgeMillis, budgetBytes, asOfMillis } = query;
  if (!Number.isInteger(topK) || topK < 1 || topK > MOST_HINTS) {
    const accepted = `a whole number from 1 to ${MOST_HINTS}`;
    throw badOption('top_k', topK, accepted);
  }
  const atLeastZero = { minScore, maxAgeMillis, budgetBytes };
  for (const [name, value] of Object.entries(atLeastZero)) {
    if (value !== undefined && !(value >= 0)) throw badOption(name, value, 'a number from 0 on');
  }
  if (asOfMillis !== undefined && !Number.isFinite(asOfMillis)) {
    throw badOption('asOfMillis', asOfMillis, 'a finite number of milliseconds');
  }
}

function badOption(option: string, found: number, accepted: string): Error {
  return prefixIndexError('prefix-index.bad-option', { option, found: `${found}`, accepted });
}
