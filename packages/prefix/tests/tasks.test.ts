import type { Task } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildForest,
  ceilingTask,
  extentsTask,
  keepAll,
  LAYOUT_ORDERS,
  reuseTask,
} from '../src/index.ts';
import { anyTrace } from './traces.ts';

const traces = anyTrace({ requests: 15, names: 3, length: 6 });

/** Splits, runs and merges in the order that `ranks` gives the parts. */
function runInParts<Input, Partial>(
  task: Task<Input, Partial>,
  input: Input,
  { parts, ranks }: { readonly parts: number; readonly ranks: readonly number[] },
): Partial {
  const inputs = task.split(input, parts);
  expect(inputs.length).toBeGreaterThan(0);
  expect(inputs.length).toBeLessThanOrEqual(parts);
  return inputs
    .map((part, i) => ({ partial: task.run(part), rank: ranks[i] }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ partial }) => partial)
    .reduce(task.merge);
}

describe('tasks', () => {
  it('answer the same in any number of parts, merged in any order', () => {
    const inParts = fc.record({
      parts: fc.integer({ min: 1, max: 8 }),
      ranks: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
    });
    fc.assert(
      fc.property(traces, inParts, (columns, split) => {
        const forest = buildForest(columns);
        const window = { begin: 0, end: columns.offsets.length - 1 };
        const ceiling = { columns, window };
        expect(runInParts(ceilingTask, ceiling, split)).toEqual(ceilingTask.run(ceiling));
        const extents = { forest, kept: keepAll(forest), orders: LAYOUT_ORDERS };
        expect(runInParts(extentsTask, extents, split)).toEqual(extentsTask.run(extents));
        const reuse = { columns, forest, selected: forest.counts.map((_, c) => c) };
        expect(runInParts(reuseTask, reuse, split)).toEqual(reuseTask.run(reuse));
      }),
    );
  });
});
