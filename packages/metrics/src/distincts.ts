/** What a sample says about the distinct values of its rows. */
export interface DistinctSample {
  readonly rows: number;
  readonly distincts: number;
  /** Values that occur once; where it is known, a skewed column is recognised. */
  readonly singletons?: number;
  /** Distinct values of each part that the sample was drawn in, added up; where it was drawn in stretches. */
  readonly partDistincts?: number;
}

/** Which of the numbers that a sample leaves possible. */
export type Leaning = 'fewest' | 'expected' | 'most';

/** Above this multiple of the singletons that equally likely values would leave, the values are taken as skewed. Chosen. */
const SKEW = 1.3;

/** Expected distinct values of `rows` draws from `domain` equally likely ones (Cardenas, CACM 18(5), 1975). */
export function expectedDistincts(domain: number, rows: number): number {
  if (domain <= 0 || rows <= 0) return 0;
  return Math.min(rows, -domain * Math.expm1(-rows / domain));
}

/**
 * Distinct values of `rows` rows, of which the sample shows some.
 *
 * Equally likely values are assumed and their number is solved for; where a skewed sample has many more singletons than
 * that leaves, GEE instead: each singleton stands for the root of the growth (Charikar, Chaudhuri, Motwani, Narasayya,
 * PODS 2000, whose error is at most that root). Values that lie together, as in a sorted column, show in stretches that
 * share few of them: those that one stretch alone must hold grow with the rows. At `sample.rows` it is exact, and it never
 * falls as `rows` grow.
 *
 * The `fewest` are those seen, the `most` GEE's upper limit: each singleton stands for the growth itself.
 */
export function scaledDistincts(
  sample: DistinctSample,
  rows: number,
  leaning: Leaning = 'expected',
): number {
  const { distincts, singletons = 0, partDistincts = Number.POSITIVE_INFINITY } = sample;
  if (sample.rows <= 0 || rows <= 0) return 0;
  if (rows <= sample.rows) return Math.min(rows, uniformDistincts(sample, rows));
  if (leaning === 'fewest') return distincts;
  const growth = rows / sample.rows - 1;
  const apart = distincts + growth * Math.max(0, 2 * distincts - partDistincts);
  const expected = Math.max(apart, skewedDistincts(sample, rows) ?? uniformDistincts(sample, rows));
  const most = distincts + growth * singletons;
  return Math.min(rows, leaning === 'most' ? Math.max(expected, most) : expected);
}

function uniformDistincts(sample: DistinctSample, rows: number): number {
  if (sample.distincts >= sample.rows) return rows;
  const domain = domainOf(sample);
  const part = expectedDistincts(domain, rows) / expectedDistincts(domain, sample.rows);
  return sample.distincts * part;
}

/** By GEE; undefined where the singletons are as many as equally likely values leave, or are not known. */
function skewedDistincts(sample: DistinctSample, rows: number): number | undefined {
  const { distincts, singletons } = sample;
  if (singletons === undefined || distincts >= sample.rows) return undefined;
  const ifUniform = sample.rows * Math.exp(-sample.rows / domainOf(sample));
  if (singletons <= SKEW * ifUniform) return undefined;
  const root = Math.sqrt(rows / sample.rows);
  return Math.max(uniformDistincts(sample, rows), distincts - singletons + root * singletons);
}

/** How many equally likely values leave `distincts` in `rows` draws; the left side grows with it, so halving finds it. */
function domainOf({ rows, distincts }: DistinctSample): number {
  let low = distincts;
  let high = Math.max(distincts, rows) ** 2 + 1;
  for (let step = 0; step < 100 && high - low > 1e-9 * high; step++) {
    const middle = Math.sqrt(low * high);
    if (expectedDistincts(middle, rows) < distincts) low = middle;
    else high = middle;
  }
  return high;
}
