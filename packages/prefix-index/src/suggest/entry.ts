import type { PrefixIndex } from '../index/prefix-index.ts';
import { latencyQuantile } from '../totals/latency-buckets.ts';
import type { EntryKey } from '../totals/prefix-event.ts';
import { WEIGHTS, type Weight } from '../totals/settings.ts';
import { AT, ROW_WIDTH } from '../totals/totals-columns.ts';
import { type Outcomes, useProbability } from './posterior.ts';
import { layersOf } from './row-layers.ts';
import type { Scoring } from './scoring.ts';
import { scoringOf } from './suggest.ts';
import type { LayerPages, SuggestQuery } from './suggestion.ts';

/** All that the index knows of a prefix, as of a time. */
export interface Entry extends EntryKey {
  readonly parent_prefix_id?: string;
  readonly score: number;
  /** The score under each weight, feedback not counted in. */
  readonly popularity: Readonly<Record<Weight, number>>;
  readonly hits: number;
  /** What warming it moves. */
  readonly bytes: number;
  /** What its events moved, all together. */
  readonly bytes_moved: number;
  readonly tokens: number;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  /** Before the as-of time. */
  readonly age_ms: number;
  /** Null where no event told; the 99th percentile to 2.2 %. */
  readonly latency: { readonly mean_ms: number; readonly p99_ms: number } | null;
  readonly layers: readonly LayerPages[];
  /** Null where no planner said anything; counts decay as scores do. */
  readonly feedback: Feedbacks | null;
}

export interface Feedbacks extends Outcomes {
  /** Not decayed. */
  readonly count: number;
  readonly mean_cost_ms: number;
  readonly use_probability: number;
  /** What the score is multiplied by. */
  readonly usefulness: number;
}

/** Every prefix that has events, in order of first appearance, as of the query's time. */
export function* entries(
  index: PrefixIndex,
  query: Pick<SuggestQuery, 'tenants' | 'asOfMillis' | 'weight'>,
): Generator<Entry, void> {
  const scoring = scoringOf(index, query);
  if (scoring === undefined) return;
  for (const row of index.rows(query.tenants)) {
    if (scoring.totals.numbers()[row * ROW_WIDTH + AT.hits] > 0) yield entryOf(scoring, row);
  }
}

export function entryOf(scoring: Scoring, row: number): Entry {
  const { totals } = scoring;
  const numbers = totals.numbers();
  const from = row * ROW_WIDTH;
  const parent = totals.parentOf(row);
  const popularity = WEIGHTS.map((weight) => [weight, scoring.popularity(row, weight)]);
  const lastSeen = numbers[from + AT.lastSeenMillis];
  return {
    prefix_id: totals.prefixOf(row),
    tenant: totals.tenantOf(row),
    model_id: totals.modelOf(row),
    ...(parent !== undefined && { parent_prefix_id: parent }),
    score: scoring.score(row),
    popularity: Object.fromEntries(popularity) as Readonly<Record<Weight, number>>,
    hits: numbers[from + AT.hits],
    bytes: scoring.footprintBytes(row),
    bytes_moved: numbers[from + AT.bytes],
    tokens: Math.max(0, numbers[from + AT.tokens]),
    first_seen_ms: numbers[from + AT.firstSeenMillis],
    last_seen_ms: lastSeen,
    age_ms: scoring.asOfMillis - lastSeen,
    latency: latencyOf(scoring, row),
    layers: layersOf(totals, row),
    feedback: feedbackOf(scoring, row),
  };
}

function latencyOf({ totals }: Scoring, row: number): Entry['latency'] {
  const from = row * ROW_WIDTH;
  const p99 = latencyQuantile(totals.latenciesOf(row), 0.99);
  if (p99 === undefined) return null;
  const numbers = totals.numbers();
  return {
    mean_ms: numbers[from + AT.latencyMillis] / numbers[from + AT.latencyCount],
    p99_ms: p99,
  };
}

function feedbackOf(scoring: Scoring, row: number): Feedbacks | null {
  const numbers = scoring.totals.numbers();
  const from = row * ROW_WIDTH;
  const count = numbers[from + AT.feedbackCount];
  if (count === 0) return null;
  const outcomes = scoring.outcomes(row);
  return {
    ...outcomes,
    count,
    mean_cost_ms: numbers[from + AT.feedbackCostMillis] / count,
    use_probability: useProbability(outcomes),
    usefulness: scoring.usefulness(row),
  };
}
