import { NONE, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildForest,
  EXACT_PIN_CELLS,
  expandBlocks,
  type KvSize,
  selectPins,
} from '../src/index.ts';
import { anyTrace, columnsOf, loadMooncake } from './traces.ts';

const few = anyTrace({ requests: 14, names: 2, length: 4 }).filter(
  ({ parents }) => parents.length <= 12,
);
const sizes = fc.record({
  per: fc.constantFrom('token', 'page'),
  bytes: fc.integer({ min: 1, max: 5 }),
}) satisfies fc.Arbitrary<KvSize>;

/** The best of all closed subsets of blocks. */
function bestSaving(columns: TraceColumns, budgetBytes: number, size: KvSize): number {
  const { counts, tokens } = expandBlocks(buildForest(columns));
  const blocks = Array.from(columns.parents.keys());
  let best = 0;
  for (let set = 0; set < 2 ** blocks.length; set++) {
    const has = (block: number) => block === NONE || ((set >>> block) & 1) === 1;
    const chosen = blocks.filter(has);
    if (!chosen.every((block) => has(columns.parents[block]))) continue;
    const sum = (of: (block: number) => number) => chosen.reduce((total, b) => total + of(b), 0);
    if (sum((b) => size.bytes * (size.per === 'token' ? tokens[b] : 1)) > budgetBytes) continue;
    best = Math.max(
      best,
      sum((b) => (counts[b] - 1) * tokens[b]),
    );
  }
  return best;
}

describe('selectPins', () => {
  it('pins what saves most, and all above it', () => {
    const columns = columnsOf([
      { chain: ['s', 'a'] },
      { chain: ['s', 'a'] },
      { chain: ['s', 'a', 'x'] },
      { chain: ['s', 'b'] },
      { chain: ['s', 'b'] },
    ]);
    const size = { per: 'token', bytes: 1 } as const;
    const pins = selectPins(buildForest(columns), { budgetBytes: 9, size, exactCells: 0 });
    expect(pins).toMatchObject({ bytes: 8, blocks: 2, savedTokens: 4 * 4 + 2 * 4 });
    expect(pins).toMatchObject({ method: 'greedy', boundSavedTokens: 16 + 8 + 1 });
    expect([...pins.tips]).toEqual([1]);
  });

  it('is exact by its table where greedy leaves a better fit', () => {
    const columns = columnsOf([
      ...[1, 2, 3].map(() => ({ chain: ['one'], lastTokens: 1 })),
      ...[1, 2].map(() => ({ chain: ['four'] })),
    ]);
    const size = { per: 'token', bytes: 1 } as const;
    const options = { budgetBytes: 4, size };
    const forest = buildForest(columns);
    expect(selectPins(forest, { ...options, exactCells: 0 })).toMatchObject({
      method: 'greedy',
      savedTokens: 2,
      boundSavedTokens: 5,
    });
    expect(selectPins(forest, { ...options, exactCells: EXACT_PIN_CELLS })).toMatchObject({
      method: 'exact',
      savedTokens: 4,
      boundSavedTokens: 4,
    });
  });

  it('is closed, within the budget, and greedy ≤ exact = best of all sets ≤ bound', () => {
    fc.assert(
      fc.property(few, sizes, fc.nat(120), (columns, size, budgetBytes) => {
        const forest = buildForest(columns);
        const best = bestSaving(columns, budgetBytes, size);
        const greedy = selectPins(forest, { budgetBytes, size, exactCells: 0 });
        const exact = selectPins(forest, { budgetBytes, size, exactCells: EXACT_PIN_CELLS });
        expect(exact.method).toBe('exact');
        expect(exact.savedTokens).toBe(best);
        expect(greedy.savedTokens).toBeLessThanOrEqual(best);
        expect(greedy.boundSavedTokens).toBeGreaterThanOrEqual(best);
        for (const { kept, bytes, blocks, savedTokens, tips } of [greedy, exact]) {
          expect(bytes).toBeLessThanOrEqual(budgetBytes);
          const table = expandBlocks(forest);
          const pinned = Array.from(columns.parents.keys()).filter((block) => {
            const cohort = forest.cohortOf[block];
            return block - forest.starts[cohort] < kept[cohort];
          });
          const isPinned = new Set(pinned);
          expect(pinned).toHaveLength(blocks);
          expect(pinned.every((b) => [...isPinned, NONE].includes(columns.parents[b]))).toBe(true);
          const saved = pinned.map((b) => (table.counts[b] - 1) * table.tokens[b]);
          expect(saved.reduce((a, b) => a + b, 0)).toBe(savedTokens);
          const hasChild = new Set(pinned.map((b) => columns.parents[b]));
          expect([...tips]).toEqual(pinned.filter((b) => !hasChild.has(b)));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('loses less than one block of the Mooncake conversation trace', ({ skip }) => {
    const columns = loadMooncake();
    if (columns === undefined) return skip('the public data is missing');
    const forest = buildForest(columns);
    const size = { per: 'token', bytes: 131_072 } as const;
    const pin = (gib: number) =>
      selectPins(forest, { budgetBytes: gib * 2 ** 30, size, exactCells: EXACT_PIN_CELLS });
    expect(pin(40)).toMatchObject({ method: 'exact', blocks: 640, savedTokens: 11_788_288 });
    const { boundSavedTokens, savedTokens } = pin(400);
    expect(boundSavedTokens - savedTokens).toBeLessThan(512);
    expect(pin(4_000)).toMatchObject({ method: 'exact', savedTokens: 54_098_411 });
  });

  it.each([
    { budgetBytes: -1, bytes: 1 },
    { budgetBytes: Number.NaN, bytes: 1 },
    { budgetBytes: 1, bytes: 0 },
  ])('refuses a budget of $budgetBytes at $bytes bytes', ({ budgetBytes, bytes }) => {
    const forest = buildForest(columnsOf([]));
    const options = { budgetBytes, size: { per: 'token', bytes }, exactCells: 0 } as const;
    expect(() => selectPins(forest, options)).toThrow('prefix.bad-option');
  });
});
