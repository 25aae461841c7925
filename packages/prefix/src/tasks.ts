import { type RequestRange, splitRange, type Task, type TraceColumns } from '@wavetune/core';
import { type CeilingHits, countCeilingHits } from './ceiling.ts';
import type { PrefixForest } from './forest.ts';
import {
  countExtents,
  type ExtentCount,
  type KeptBlocks,
  type LayoutOrder,
  layoutPages,
} from './layout.ts';
import { measureReuse, type ReuseIntervals } from './reuse.ts';

export interface CeilingInput {
  readonly columns: TraceColumns;
  readonly window: RequestRange;
}

/** `countCeilingHits`, split into windows side by side. */
export const ceilingTask: Task<CeilingInput, CeilingHits> = {
  name: 'prefix/ceiling',
  split: ({ columns, window }, parts) =>
    splitRange(window, parts).map((part) => ({ columns, window: part })),
  run: ({ columns, window }) => countCeilingHits(columns, window),
  merge: (left, right) => ({
    hitTokens: left.hitTokens + right.hitTokens,
    inputTokens: left.inputTokens + right.inputTokens,
  }),
};

export interface ExtentsInput {
  readonly forest: PrefixForest;
  readonly kept: KeptBlocks;
  readonly orders: readonly LayoutOrder[];
}

export type ExtentsByOrder = { readonly [order in LayoutOrder]?: ExtentCount };

/** `layoutPages` and `countExtents` for several orders, split by order. */
export const extentsTask: Task<ExtentsInput, ExtentsByOrder> = {
  name: 'prefix/extents',
  split: ({ forest, kept, orders }, parts) =>
    splitRange({ begin: 0, end: orders.length }, parts).map(({ begin, end }) => ({
      forest,
      kept,
      orders: orders.slice(begin, end),
    })),
  run: ({ forest, kept, orders }) =>
    Object.fromEntries(
      orders.map((order) => [order, countExtents(forest, layoutPages(forest, order, kept))]),
    ),
  merge: (left, right) => ({ ...left, ...right }),
};

export interface ReuseInput {
  readonly columns: TraceColumns;
  readonly forest: PrefixForest;
  /** Cohorts, none twice. */
  readonly selected: Uint32Array;
}

/** A cohort's reuse intervals. */
export interface CohortReuse {
  readonly cohort: number;
  readonly reuse: ReuseIntervals | undefined;
}

/** `measureReuse`, dealt out cohort by cohort; results in ascending order of cohort. */
export const reuseTask: Task<ReuseInput, readonly CohortReuse[]> = {
  name: 'prefix/reuse',
  split: ({ columns, forest, selected }, parts) => {
    const hands = Math.max(1, Math.min(parts, selected.length));
    return Array.from({ length: hands }, (_, hand) => ({
      columns,
      forest,
      selected: selected.filter((_, i) => i % hands === hand),
    }));
  },
  run: ({ columns, forest, selected }) => {
    const reuse = measureReuse(columns, forest, selected);
    return inCohortOrder(Array.from(selected, (cohort, i) => ({ cohort, reuse: reuse[i] })));
  },
  merge: (left, right) => inCohortOrder([...left, ...right]),
};

function inCohortOrder(rows: readonly CohortReuse[]): readonly CohortReuse[] {
  return rows.toSorted((a, b) => a.cohort - b.cohort);
}
