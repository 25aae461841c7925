import { formatSize } from '@wavetune/core';
import type { StoreSettings } from '../totals/settings.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { useProbability } from './posterior.ts';
import type { Scoring } from './scoring.ts';
import type { Hint, LayerPages } from './suggestion.ts';

/** The next use comes within `ttl_ms` with this probability, if uses go on at their decayed rate (Poisson). */
const TTL_CONFIDENCE = 0.95;
const LEAST_TTL_MILLIS = 1000;
const WHOLE_NUMBER = /^(0|[1-9]\d{0,8})$/;

/** What a planner is told of a row. */
export function hintOf(
  scoring: Scoring,
  { halfLifeMillis }: StoreSettings,
  { row, reason }: { readonly row: number; readonly reason: Hint['reason'] },
): Hint {
  const { totals } = scoring;
  const from = row * ROW_WIDTH;
  const { tenants, models, prefixes, numbers } = totals;
  const usesPerMilli = (uses(scoring, row) * Math.LN2) / halfLifeMillis;
  const expectedMillis = -Math.log(1 - TTL_CONFIDENCE) / usesPerMilli;
  const ttlMillis = Math.min(halfLifeMillis, Math.max(LEAST_TTL_MILLIS, expectedMillis));
  const chance = 1 - Math.exp(-usesPerMilli * ttlMillis);
  const facts = {
    score: scoring.score(row),
    hits: numbers[from + AT.hits],
    bytes: scoring.footprintBytes(row),
    tokens: Math.max(0, numbers[from + AT.tokens]),
    layers: layersOf(totals, row),
  };
  return {
    prefix_id: prefixes[row],
    tenant: tenants[row],
    model_id: models[row],
    ...facts,
    last_seen_ms: numbers[from + AT.lastSeenMillis],
    expected_saving_ms: chance * savingMillis(scoring, row),
    ttl_ms: Math.round(ttlMillis),
    reason,
    hint: sentence(prefixes[row], reason, facts),
  };
}

/** A row's pages, layers in order: by number where they are numbers. */
export function layersOf({ pages, layers }: TotalsColumns, row: number): readonly LayerPages[] {
  const runs: LayerPages[] = [];
  for (let at = 0; at < pages[row].length; at += 3) {
    const name = layers[pages[row][at]];
    const layer = WHOLE_NUMBER.test(name) ? Number(name) : name;
    runs.push({ layer, page_start: pages[row][at + 1], page_end: pages[row][at + 2] });
  }
  return runs.sort((a, b) => compareLayers(a.layer, b.layer) || a.page_start - b.page_start);
}

function compareLayers(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return a === b ? 0 : a < b ? -1 : 1;
  return typeof a === 'number' ? -1 : 1;
}

/** Decayed uses: an event is a run of pages, and a use fetches all of them. */
function uses(scoring: Scoring, row: number): number {
  return scoring.popularity(row, 'requests') / eventsPerUse(scoring, row);
}

function eventsPerUse({ totals }: Scoring, row: number): number {
  return Math.max(1, totals.pages[row].length / 3);
}

/** The wait that a warm prefix takes off its next use: prefill where events told it, else the fetch of its pages. */
function savingMillis(scoring: Scoring, row: number): number {
  const { numbers } = scoring.totals;
  const from = row * ROW_WIDTH;
  const prefill = ratio(numbers[from + AT.prefillMillis], numbers[from + AT.prefillCount]);
  const latency = ratio(numbers[from + AT.latencyMillis], numbers[from + AT.latencyCount]);
  const saving = prefill > 0 ? prefill : latency * eventsPerUse(scoring, row);
  const feedback = numbers[from + AT.feedbackCount];
  if (feedback === 0) return saving;
  const cost = numbers[from + AT.feedbackCostMillis] / feedback;
  return useProbability(scoring.outcomes(row)) * saving - cost;
}

function ratio(total: number, count: number): number {
  return count === 0 ? 0 : total / count;
}

function sentence(
  prefix: string,
  reason: Hint['reason'],
  facts: Pick<Hint, 'score' | 'hits' | 'bytes' | 'layers'>,
): string {
  const { score, hits, bytes, layers } = facts;
  const why = reason === 'parent' ? ', as the start of another hint' : '';
  const size = bytes > 0 ? `, ${formatSize(bytes)}` : '';
  const pages = layers.reduce((sum, run) => sum + run.page_end - run.page_start + 1, 0);
  const where = pages > 0 ? ` in ${pages} pages` : '';
  return `warm ${prefix}${why}: ${hits} hits${size}${where}, score ${score.toPrecision(4)}`;
}
