import type { StoreSettings } from '../totals/settings.ts';
import { AT, ROW_WIDTH } from '../totals/totals-columns.ts';
import type { ByteSheet } from './byte-sheet.ts';
import { type HintFacts, hintFacts } from './hint-facts.ts';
import { useProbability } from './posterior.ts';
import type { Scoring } from './scoring.ts';
import type { Hint } from './suggestion.ts';

/** A row to hint at, and why. */
export interface Choice {
  readonly row: number;
  readonly reason: Hint['reason'];
}

/** The next use comes within `ttl_ms` with this probability, if uses go on at their decayed rate (Poisson). */
const TTL_CONFIDENCE = 0.95;
const LEAST_TTL_MILLIS = 1000;
const EXPECTED_USES = -Math.log(1 - TTL_CONFIDENCE);

/** What a planner is told of a row. */
export function hintOf(
  scoring: Scoring,
  { halfLifeMillis }: StoreSettings,
  { row, reason }: Choice,
): Hint {
  const { totals } = scoring;
  const prefix = totals.prefixOf(row);
  const facts = hintFacts(totals, row);
  const score = scoring.score(row);
  const { ttlMillis, savingMillis } = prospectOf(scoring, halfLifeMillis, { row, facts });
  const why = reason === 'parent' ? ', as the start of another hint' : '';
  return {
    prefix_id: prefix,
    tenant: totals.tenantOf(row),
    model_id: totals.modelOf(row),
    score,
    hits: facts.hits,
    bytes: facts.bytes,
    tokens: facts.tokens,
    layers: facts.layers,
    last_seen_ms: facts.lastSeenMillis,
    expected_saving_ms: savingMillis,
    ttl_ms: ttlMillis,
    reason,
    hint: `warm ${prefix}${why}${facts.sentence}${score.toPrecision(4)}`,
  };
}

/** {@link hintOf} in JSON, put together from pieces that are kept. */
export function writeHint(
  sheet: ByteSheet,
  { scoring, settings }: { readonly scoring: Scoring; readonly settings: StoreSettings },
  choice: Choice,
): void {
  if (choice.reason === 'parent') {
    sheet.text(JSON.stringify(hintOf(scoring, settings, choice)));
    return;
  }
  const { row } = choice;
  const facts = hintFacts(scoring.totals, row);
  const { beforeScore, beforeSaving, beforeSentenceEnd } = facts.json;
  const score = scoring.score(row);
  const { ttlMillis, savingMillis } = prospectOf(scoring, settings.halfLifeMillis, { row, facts });
  sheet.bytes(beforeScore);
  sheet.ascii(numberText(score));
  sheet.bytes(beforeSaving);
  sheet.ascii(numberText(savingMillis));
  sheet.ascii(',"ttl_ms":');
  sheet.ascii(`${ttlMillis}`);
  sheet.bytes(beforeSentenceEnd);
  sheet.ascii(score.toPrecision(4));
  sheet.ascii('"}');
}

/** As JSON has it. */
function numberText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}

interface RowFacts {
  readonly row: number;
  readonly facts: HintFacts;
}

/** What is to be expected of warming a row. */
function prospectOf(
  scoring: Scoring,
  halfLifeMillis: number,
  { row, facts }: RowFacts,
): { readonly ttlMillis: number; readonly savingMillis: number } {
  const uses = scoring.popularity(row, 'requests') / facts.eventsPerUse;
  const usesPerMilli = (uses * Math.LN2) / halfLifeMillis;
  const expectedMillis = EXPECTED_USES / usesPerMilli;
  const ttlMillis = Math.min(halfLifeMillis, Math.max(LEAST_TTL_MILLIS, expectedMillis));
  const chance = 1 - Math.exp(-usesPerMilli * ttlMillis);
  const savingMillis = chance * netSavingMillis(scoring, { row, facts });
  return { ttlMillis: Math.round(ttlMillis), savingMillis };
}

/** What a use saves, as far as hints of this row get used, less what they cost. */
function netSavingMillis(scoring: Scoring, { row, facts }: RowFacts): number {
  const numbers = scoring.totals.numbers();
  const from = row * ROW_WIDTH;
  const feedback = numbers[from + AT.feedbackCount];
  if (feedback === 0) return facts.savingMillis;
  const cost = numbers[from + AT.feedbackCostMillis] / feedback;
  return useProbability(scoring.outcomes(row)) * facts.savingMillis - cost;
}
