import { type ReuseEpisodes, widthsOf } from './reuse-episodes.ts';

/** Touches and time at risk by age bucket. */
interface Risk {
  readonly touches: Float64Array;
  readonly millis: Float64Array;
}

/** What is known of each row of the episodes. */
export interface RowClasses {
  /** Log rate of reuse; shape `[m]`. */
  readonly scores: Float64Array;
  /** Class; shape `[m]`; class c is of group `c % groups`. */
  readonly classes: Uint32Array;
  readonly classCount: number;
  readonly groups: number;
}

/** Touches of the expected rate that every class's own are mixed with, in blocks; chosen in `experiments/learned-eviction`. */
const PRIOR_BLOCKS = 200;
/** Likewise for a group's course over age, which is mixed with the course of all. */
const PRIOR_GROUP_BLOCKS = 20;

/**
 * Chance of a touch within each age bucket for a block of a class that reached it: its own counts, mixed with a rate that
 * is proportional to the class's mean score and follows its group's course over age. Shape `[classes][ages]`.
 */
export function chancesOf(episodes: ReuseEpisodes, rows: RowClasses): readonly Float64Array[] {
  const { groups, classCount } = rows;
  const risks = Array.from({ length: classCount }, () => emptyRisk(episodes));
  const scaled = Array.from({ length: groups }, () => emptyRisk(episodes));
  const overall = emptyRisk(episodes);
  const meanRates = meanRatesOf(episodes, rows);
  const widths = widthsOf(episodes.ageMillis);
  rows.classes.forEach((index, row) => {
    addRow(episodes, row, risks[index], widths);
  });
  risks.forEach((risk, index) => {
    addRisk(scaled[index % groups], risk, meanRates[index]);
    addRisk(overall, risk, meanRates[index]);
  });
  const course = overall.touches.map((touches, k) => ratio(touches, overall.millis[k]));
  const courses = scaled.map((risk) => mixedRates(risk, course, PRIOR_GROUP_BLOCKS));
  return risks.map((risk, index) => {
    const expected = courses[index % groups].map((rate) => rate * meanRates[index]);
    return mixedRates(risk, expected, PRIOR_BLOCKS).map(
      (rate, k) => -Math.expm1(-rate * widths[k]),
    );
  });
}

function mixedRates(risk: Risk, expected: Float64Array, prior: number): Float64Array {
  return risk.touches.map((touches, k) =>
    expected[k] > 0
      ? (touches + prior) / (risk.millis[k] + prior / expected[k])
      : ratio(touches, risk.millis[k]),
  );
}

function meanRatesOf(episodes: ReuseEpisodes, rows: RowClasses): Float64Array {
  const rates = new Float64Array(rows.classCount);
  const starts = new Float64Array(rows.classCount);
  rows.classes.forEach((index, row) => {
    const count = startsOf(episodes, row);
    rates[index] += count * Math.exp(rows.scores[row]);
    starts[index] += count;
  });
  return rates.map((rate, index) => ratio(rate, starts[index]));
}

/** Waits of a row, in blocks. */
export function startsOf({ touched, cut, ageMillis }: ReuseEpisodes, row: number): number {
  const ages = ageMillis.length;
  let starts = 0;
  for (let k = row * ages; k < (row + 1) * ages; k++) starts += touched[k] + cut[k];
  return starts;
}

/** Those that go within a bucket are taken to have been at risk for half of it. */
function addRow(episodes: ReuseEpisodes, row: number, risk: Risk, widths: Float64Array): void {
  const { touched, cut } = episodes;
  let atRisk = startsOf(episodes, row);
  for (let k = 0; k < widths.length; k++) {
    const at = row * widths.length + k;
    const gone = touched[at] + cut[at];
    risk.touches[k] += touched[at];
    risk.millis[k] += widths[k] * (atRisk - gone / 2);
    atRisk -= gone;
  }
}

/** Time at risk counts as often as its class's rate is high, so that classes can be summed. */
function addRisk(to: Risk, from: Risk, rate: number): void {
  for (let k = 0; k < to.touches.length; k++) {
    to.touches[k] += from.touches[k];
    to.millis[k] += rate * from.millis[k];
  }
}

function emptyRisk({ ageMillis }: ReuseEpisodes): Risk {
  const zero = () => new Float64Array(ageMillis.length);
  return { touches: zero(), millis: zero() };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
