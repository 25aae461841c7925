import { chancesOf, startsOf } from './class-chances.ts';
import { type ReuseEpisodes, widthsOf } from './reuse-episodes.ts';
import { levelOf, REUSE_FEATURES } from './reuse-features.ts';
import { type ReuseScore, scoreOf } from './reuse-score.ts';

/**
 * What a planner needs to rank blocks without this project; plain JSON.
 *
 * At a touch of a block take the level of each feature (how many of its thresholds the value reaches) and add `intercept`
 * and the features' weights at those levels: the score. Its band is how many of `bandScores` it reaches; its gap group is
 * how many of `gapLevels` the level of `gap-millis` reaches; its class is `band × (gapLevels.length + 1) + group`.
 *
 * `values[class][age]`, the age bucket being the last whose bound in `ageMillis` the time since the touch reaches, is the
 * greatest number of hits per block-second that holding the block from that age to any later one is expected to bring. The
 * leaf of least value goes first. A block is let in only where its own value at age 0 is above that of the leaf it would
 * displace.
 */
export interface LearnedTable {
  readonly features: readonly {
    readonly name: string;
    readonly thresholds: readonly number[];
    readonly weights: readonly number[];
  }[];
  readonly intercept: number;
  readonly bandScores: readonly number[];
  readonly gapLevels: readonly number[];
  readonly ageMillis: readonly number[];
  readonly values: readonly (readonly number[])[];
}

/** What tells one parameterisation from another. */
export interface TableOptions {
  /** Waits were scored up to this age. */
  readonly horizonMillis: number;
  /** Bands of equally many waits. */
  readonly bands: number;
  /** Whether the gap before the last touch shapes the ages at which a block is expected, beside its score. */
  readonly gapGroups: 'one' | 'four';
}

/** Chosen: none, up to 54 s, up to 3 min, longer. */
const FOUR_GAP_GROUPS = [1, 8, 11];

/** Makes a table of a score and the episodes that it was fitted to. */
export function fitTable(
  episodes: ReuseEpisodes,
  score: ReuseScore,
  options: TableOptions,
): LearnedTable {
  const gapLevels = options.gapGroups === 'four' ? FOUR_GAP_GROUPS : [];
  const scores = Float64Array.from(episodes.codes, (code) => scoreOf(score, code));
  const bandScores = bandScoresOf(episodes, scores, options.bands);
  const groups = gapLevels.length + 1;
  const classes = Uint32Array.from(episodes.codes, (code, row) =>
    classAt({ bandScores, gapLevels }, scores[row], code),
  );
  const classCount = (bandScores.length + 1) * groups;
  const chances = chancesOf(episodes, { scores, classes, classCount, groups });
  return {
    features: REUSE_FEATURES.map(({ name, thresholds }, f) => ({
      name,
      thresholds,
      weights: Array.from(score.weights[f].subarray(0, thresholds.length + 1)),
    })),
    intercept: score.intercept,
    bandScores,
    gapLevels,
    ageMillis: Array.from(episodes.ageMillis),
    values: chances.map((row) => densitiesOf(row, episodes.ageMillis)),
  };
}

/** The class of a block by its code. */
export function classOf(table: LearnedTable, code: number): number {
  let score = table.intercept;
  for (let f = 0; f < table.features.length; f++) {
    score += table.features[f].weights[levelOf(code, f)];
  }
  return classAt(table, score, code);
}

/**
 * Hit density from each age on: the Gittins index (Gittins 1979) of a block that is worth one hit and then begins anew, of
 * which LHD (Beckmann, Chen and Cidon, NSDI 2018) is the case without the choice of when to give up.
 */
export function densitiesOf(chances: Float64Array, ageMillis: Float64Array): readonly number[] {
  const widths = widthsOf(ageMillis);
  return Array.from(chances, (_, from) => {
    let alive = 1;
    let hits = 0;
    let heldMillis = 0;
    let best = 0;
    for (let k = from; k < chances.length; k++) {
      hits += alive * chances[k];
      heldMillis += alive * widths[k] * (1 - chances[k] / 2);
      alive *= 1 - chances[k];
      best = Math.max(best, (1000 * hits) / heldMillis);
    }
    return best;
  });
}

const GAP_FEATURE = REUSE_FEATURES.findIndex(({ name }) => name === 'gap-millis');

type Classing = Pick<LearnedTable, 'bandScores' | 'gapLevels'>;

function classAt({ bandScores, gapLevels }: Classing, score: number, code: number): number {
  let band = 0;
  while (band < bandScores.length && score >= bandScores[band]) band++;
  const level = levelOf(code, GAP_FEATURE);
  let group = 0;
  while (group < gapLevels.length && level >= gapLevels[group]) group++;
  return band * (gapLevels.length + 1) + group;
}

function bandScoresOf(
  episodes: ReuseEpisodes,
  scores: Float64Array,
  bands: number,
): readonly number[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  const total = order.reduce((sum, row) => sum + startsOf(episodes, row), 0);
  const bounds: number[] = [];
  let passed = 0;
  for (const row of order) {
    if (bounds.length < bands - 1 && passed >= (total * (bounds.length + 1)) / bands) {
      bounds.push(scores[row]);
    }
    passed += startsOf(episodes, row);
  }
  // Where many blocks have one score, bounds meet, and nothing lies between them.
  return [...new Set(bounds)];
}
