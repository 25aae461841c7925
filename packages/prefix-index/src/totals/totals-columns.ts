/**
 * How two numbers of one key become one: `mass` numbers decay, and are added relative to the later `landmark`; those of
 * feedback likewise, relative to its own; the others as they say. All are commutative exactly and associative up to
 * rounding.
 */
export type MergeRule =
  | 'landmark'
  | 'mass'
  | 'feedback-landmark'
  | 'feedback-mass'
  | 'sum'
  | 'least'
  | 'greatest';

/**
 * The numbers of a row of totals, in the order in which a row holds them.
 *
 * Masses are `Σ weight × 2^(t / halfLife − landmark)`, the landmark a whole number of half-lives (forward decay; Cormode,
 * Shkapenyuk, Srivastava, Xu, ICDE 2009; see `DecayedScore` of `prefix`): decay on read is one multiplication, moving the
 * landmark multiplies by a power of two, exactly.
 */
export const TOTALS_RULES = {
  /** In half-lives since the epoch of the events' time; -Infinity for a row without masses. */
  landmark: 'landmark',
  bytesMass: 'mass',
  requestsMass: 'mass',
  tokensMass: 'mass',
  prefillMass: 'mass',
  /** As `landmark`: feedback comes by the clock, and the events may be of long ago. */
  feedbackLandmark: 'feedback-landmark',
  /** Outcomes of hints, decayed alike. */
  usedMass: 'feedback-mass',
  unusedMass: 'feedback-mass',
  evictedMass: 'feedback-mass',
  lastFeedbackMillis: 'greatest',
  hits: 'sum',
  bytes: 'sum',
  tokens: 'greatest',
  prefillMillis: 'sum',
  prefillCount: 'sum',
  firstSeenMillis: 'least',
  lastSeenMillis: 'greatest',
  latencyMillis: 'sum',
  latencyCount: 'sum',
  /** Bytes of one page in one layer. */
  pageBytes: 'greatest',
  /** Bytes of an event that names no pages. */
  unpagedBytes: 'greatest',
  feedbackCount: 'sum',
  feedbackCostMillis: 'sum',
} as const satisfies Readonly<Record<string, MergeRule>>;

export type TotalsNumber = keyof typeof TOTALS_RULES;

export const TOTALS_NUMBERS = Object.keys(TOTALS_RULES) as readonly TotalsNumber[];

/** Numbers a row. */
export const ROW_WIDTH = TOTALS_NUMBERS.length;

/**
 * Where in a row a number stands. Written out: an object put together at run time shares its shape with others that hold a
 * `landmark`, and where theirs is no small integer V8 drops that shape, and then compiles whatever reads this one again and again.
 */
export const AT: Readonly<Record<TotalsNumber, number>> = {
  landmark: 0,
  bytesMass: 1,
  requestsMass: 2,
  tokensMass: 3,
  prefillMass: 4,
  feedbackLandmark: 5,
  usedMass: 6,
  unusedMass: 7,
  evictedMass: 8,
  lastFeedbackMillis: 9,
  hits: 10,
  bytes: 11,
  tokens: 12,
  prefillMillis: 13,
  prefillCount: 14,
  firstSeenMillis: 15,
  lastSeenMillis: 16,
  latencyMillis: 17,
  latencyCount: 18,
  pageBytes: 19,
  unpagedBytes: 20,
  feedbackCount: 21,
  feedbackCostMillis: 22,
};

const IDENTITIES: Readonly<Record<MergeRule, number>> = {
  landmark: Number.NEGATIVE_INFINITY,
  mass: 0,
  'feedback-landmark': Number.NEGATIVE_INFINITY,
  'feedback-mass': 0,
  sum: 0,
  least: Number.POSITIVE_INFINITY,
  greatest: Number.NEGATIVE_INFINITY,
};

/** The row of no event at all: merged with another, that other. */
export const EMPTY_ROW: readonly number[] = TOTALS_NUMBERS.map(
  (name) => IDENTITIES[TOTALS_RULES[name]],
);

/** Totals in columns, a row a key; a key may come twice, and its rows then add up. */
export interface TotalsColumns {
  readonly rowCount: number;
  readonly tenants: readonly string[];
  readonly models: readonly string[];
  readonly prefixes: readonly string[];
  readonly parents: readonly (string | undefined)[];
  /** Row after row, in the order of {@link TOTALS_NUMBERS}; shape `[rowCount, ROW_WIDTH]`. */
  readonly numbers: Float64Array;
  /** A row's latencies: bucket, count, bucket, count …, buckets ascending. */
  readonly latencies: readonly FlatPairs[];
  /** A row's pages: layer, first page, last page …, by layer and page, disjoint and not adjacent. */
  readonly pages: readonly FlatTriples[];
  /** Names of the layers that `pages` numbers. */
  readonly layers: readonly string[];
  /** The rows from `from` until before `to`, where columns are made when they are asked for: see `lazyColumns`. */
  readonly slice?: (from: number, to: number) => TotalsColumns;
  /** The same latencies and pages, where they are at hand in this form: see `withFlatLists`. */
  readonly flat?: { readonly latencies: FlatLists; readonly pages: FlatLists };
}

/** Lists, all of their items behind one another; list `i` ends before item `ends[i]`. */
export interface FlatLists {
  readonly ends: Uint32Array;
  readonly items: Float64Array;
}

export type FlatPairs = readonly number[];
export type FlatTriples = readonly number[];
