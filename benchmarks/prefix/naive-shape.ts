import { NONE, type TraceColumns } from '@wavetune/core';

/** The baseline: what one writes first, a `Map` from block to object and a walk along every chain. */
interface NaiveBlock {
  readonly parent: number;
  count: number;
  readonly first: number;
  last: number;
  readonly depth: number;
}

export type NaiveForest = Map<number, NaiveBlock>;

export function buildNaiveForest(columns: TraceColumns): NaiveForest {
  const forest: NaiveForest = new Map();
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    let parent = NONE;
    for (let i = columns.offsets[r]; i < columns.offsets[r + 1]; i++) {
      const block = columns.blocks[i];
      const seen = forest.get(block);
      if (seen === undefined) {
        const depth = i - columns.offsets[r] + 1;
        forest.set(block, { parent, count: 1, first: r, last: r, depth });
      } else {
        seen.count += 1;
        seen.last = r;
      }
      parent = block;
    }
  }
  return forest;
}

export function countNaiveCeiling(columns: TraceColumns): number {
  const cached = new Set<number>();
  let tokens = 0;
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    let isHit = true;
    for (let i = columns.offsets[r]; i < columns.offsets[r + 1]; i++) {
      isHit &&= cached.has(columns.blocks[i]);
      if (isHit) tokens += columns.blockSize;
      cached.add(columns.blocks[i]);
    }
  }
  return tokens;
}

/** Blocks by saved tokens, as objects, sorted whole. */
export function selectNaiveTop(forest: NaiveForest, limit: number): readonly number[] {
  return [...forest]
    .sort(([a, x], [b, y]) => y.count - x.count || a - b)
    .slice(0, limit)
    .map(([block]) => block);
}

/** The hottest-first order, and its extents chain by chain. */
export function countNaiveExtents(columns: TraceColumns, forest: NaiveForest): number {
  const pageOf = new Map<number, number>();
  for (const block of selectNaiveTop(forest, forest.size)) pageOf.set(block, pageOf.size);
  let extents = 0;
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    let previous = Number.NaN;
    for (let i = columns.offsets[r]; i < columns.offsets[r + 1]; i++) {
      const page = pageOf.get(columns.blocks[i])!;
      if (page !== previous + 1) extents++;
      previous = page;
    }
  }
  return extents;
}
