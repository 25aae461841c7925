import {
  type Aggregate,
  aggregate,
  call,
  cast,
  col,
  F64,
  type Field,
  I64,
  lit,
  type Plan,
  project,
  scan,
  TEXT,
  union,
} from '@wavetune/ir';
import { SCORE_UNIT } from './block-statistics.ts';

/**
 * The columns of block sums, a row a block: what {@link blockSumsPlan} counts of a log and what adds up over logs. Scores are
 * whole units at a landmark, so many half-lives after time 0, which a file of sums does not say: its folder does.
 */
export const BLOCK_SUMS: readonly Field[] = [
  { name: 'id', type: TEXT },
  { name: 'parent', type: TEXT },
  { name: 'depth', type: I64 },
  { name: 'count', type: I64 },
  { name: 'first_seen_ms', type: F64 },
  { name: 'last_seen_ms', type: F64 },
  { name: 'tokens', type: F64 },
  { name: 'score_units', type: I64 },
];

/** Block sums whose scores have one landmark. */
export interface LandmarkSums {
  readonly landmark: number;
  /** Each with a row a block. */
  readonly sums: readonly Plan[];
}

/** Block sums in a Parquet file. */
export function scanBlockSums(file: string): Plan {
  return scan({ format: 'parquet', files: [file], columns: BLOCK_SUMS });
}

/**
 * Block sums of one landmark added up: block sums again, in no order. Whole numbers and extremes alone, so that logs counted
 * one by one and added in any order and grouping, on any engine, are the same to the bit as counted at once.
 */
export function addBlockSums(sums: readonly Plan[]): Plan {
  return sums.length === 1 ? sums[0] : added(sums);
}

/**
 * A row a block over all landmarks, with its `score` in references at `landmark`, in no order. Sums of one landmark are added
 * before they age, so that it does not matter whether somebody has added some of them up already.
 */
export function blockScoresPlan(parts: readonly LandmarkSums[], landmark: number): Plan {
  const nothing = scan({ format: 'values', columns: BLOCK_SUMS, rows: [] });
  const aged = parts
    .filter(({ sums }) => sums.length > 0)
    .map((part) => agedBy(landmark - part.landmark, addBlockSums(part.sums)));
  const score = call('div', cast(col('score_units'), F64), lit(SCORE_UNIT));
  const same = BLOCK_SUMS.slice(0, -1).map(({ name }) => [name, col(name)]);
  return project(added(aged.length === 0 ? [nothing] : aged), {
    ...Object.fromEntries(same),
    score,
  });
}

function added(sums: readonly Plan[]): Aggregate {
  return aggregate(
    sums.length === 1 ? sums[0] : union(...sums),
    { id: col('id'), parent: col('parent'), depth: col('depth') },
    {
      count: { fn: 'sum', args: [col('count')] },
      first_seen_ms: { fn: 'min', args: [col('first_seen_ms')] },
      last_seen_ms: { fn: 'max', args: [col('last_seen_ms')] },
      tokens: { fn: 'max', args: [col('tokens')] },
      score_units: { fn: 'sum', args: [col('score_units')] },
    },
  );
}

/** Units of i64 hold no more than so many halvings. */
const MOST_HALVINGS = 62;

function agedBy(halfLives: number, sums: Plan): Plan {
  if (halfLives === 0) return sums;
  const units =
    halfLives > MOST_HALVINGS
      ? lit(0n)
      : call('div', col('score_units'), lit(2n ** BigInt(halfLives)));
  const same = BLOCK_SUMS.map(({ name }) => [name, col(name)]);
  return project(sums, { ...Object.fromEntries(same), score_units: units });
}
