/** What a sample says about the distinct values of its rows. */
export interface DistinctSample {
  readonly rows: number;
  readonly distincts: number;
  /** Values that occur once; where it is known, a skewed column is recognised. */
  readonly singletons?: number;
}

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
 * PODS 2000, whose error is at most that root). At `sample.rows` it is exact, and it never falls as `rows` grow.
 */
export function scaledDistincts(sample: DistinctSample, rows: number): number {
  const { distincts, singletons } = sample;
  if (sample.rows <= 0 || rows <= 0) return 0;
  if (distincts >= sample.rows) return rows;
  const domain = domainOf(sample);
  const uniform =
    distincts * (expectedDistincts(domain, rows) / expectedDistincts(domain, sample.rows));
  if (singletons === undefined || rows < sample.rows) return Math.min(rows, uniform);
  const singletonsIfUniform = sample.rows * Math.exp(-sample.rows / domain);
  if (singletons <= SKEW * singletonsIfUniform) return Math.min(rows, uniform);
  const root = Math.sqrt(rows / sample.rows);
  return Math.min(rows, Math.max(uniform, distincts - singletons + root * singletons));
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
