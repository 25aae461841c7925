import type { PrefixIndex } from '../index/prefix-index.ts';
import { decayedMass, type Moment, momentOf } from '../totals/decay.ts';
import { pageCount } from '../totals/page-runs.ts';
import { MASS_AT, type Weight } from '../totals/settings.ts';
import { AT, ROW_WIDTH } from '../totals/totals-columns.ts';
import type { TotalsRows } from '../totals/totals-rows.ts';
import { type Outcomes, usefulness } from './posterior.ts';

/** Reads scores off an index as of one time. */
export interface Scoring {
  readonly totals: TotalsRows;
  readonly asOfMillis: number;
  readonly weight: Weight;
  /** `Σ weight × 0.5^((asOf − t) / halfLife)`; an event after the as-of time is not amplified. */
  readonly popularity: (row: number, weight?: Weight) => number;
  /** Popularity times usefulness, never more than popularity. */
  readonly score: (row: number) => number;
  /** In `(0, 1]`: how far feedback lowers hints of this prefix. */
  readonly usefulness: (row: number) => number;
  /** Bytes that warming moves. */
  readonly footprintBytes: (row: number) => number;
  /** Decayed feedback by outcome. */
  readonly outcomes: (row: number) => Outcomes;
}

export function createScoring(
  index: PrefixIndex,
  { asOfMillis, weight }: { readonly asOfMillis: number; readonly weight: Weight },
): Scoring {
  const totals = index.totals();
  const numbers = totals.numbers();
  const { halfLifeMillis } = index.settings;
  const asOf = momentOf(asOfMillis, halfLifeMillis);
  /** What is later than the as-of time is not amplified. */
  const readAt = (lastMillis: number): Moment =>
    lastMillis > asOfMillis ? momentOf(lastMillis, halfLifeMillis) : asOf;
  let scale = { landmark: asOf.landmark, factor: 1 };
  /** Rows one after another mostly have one landmark, and a power takes longer than all else. */
  const factorOf = (landmark: number): number => {
    if (landmark !== scale.landmark) scale = { landmark, factor: 2 ** (landmark - asOf.landmark) };
    return scale.factor;
  };
  const popularity = (row: number, by: Weight = weight): number => {
    const from = row * ROW_WIDTH;
    const mass = numbers[from + MASS_AT[by]];
    const lastMillis = numbers[from + AT.lastSeenMillis];
    const landmark = numbers[from + AT.landmark];
    if (mass === 0) return 0;
    if (lastMillis <= asOfMillis) return (mass * factorOf(landmark)) / asOf.growth;
    return decayedMass(mass, landmark, momentOf(lastMillis, halfLifeMillis));
  };
  const outcomes = (row: number): Outcomes => {
    const from = row * ROW_WIDTH;
    const moment = readAt(numbers[from + AT.lastFeedbackMillis]);
    const read = (at: number): number =>
      decayedMass(numbers[from + at], numbers[from + AT.feedbackLandmark], moment);
    return {
      used: read(AT.usedMass),
      unused: read(AT.unusedMass),
      evicted_early: read(AT.evictedMass),
    };
  };
  const usefulnessOf = (row: number): number =>
    numbers[row * ROW_WIDTH + AT.feedbackCount] === 0 ? 1 : usefulness(outcomes(row));
  return {
    totals,
    asOfMillis,
    weight,
    popularity,
    outcomes,
    usefulness: usefulnessOf,
    score: (row) => popularity(row) * usefulnessOf(row),
    footprintBytes: (row) => footprintBytes(totals, row),
  };
}

/** Bytes that warming a row moves. */
export function footprintBytes(totals: TotalsRows, row: number): number {
  const numbers = totals.numbers();
  const pages = totals.pagesOf(row);
  const from = row * ROW_WIDTH;
  const paged = pages.length === 0 ? 0 : pageCount(pages) * numbers[from + AT.pageBytes];
  return Math.round(Math.max(paged, numbers[from + AT.unpagedBytes], 0));
}
