import { describe, expect, it } from 'vitest';
import { createPrefixIndex } from '../src/index/prefix-index.ts';
import { chainOf } from '../src/suggest/chains.ts';
import { createScoring } from '../src/suggest/scoring.ts';
import { suggest } from '../src/suggest/suggest.ts';
import { eventOf, SETTINGS } from './support/events.ts';

/** Of prefixes p0 ← p1 ← … each of which goes on from the one before it. */
function chainedIndex(length: number) {
  const index = createPrefixIndex(SETTINGS);
  const parentOf = (i: number) => (i === 0 ? {} : { parent_prefix_id: `p${i - 1}` });
  index.addEvents(
    Array.from({ length }, (_, i) => eventOf({ prefix_id: `p${i}`, bytes: i + 1, ...parentOf(i) })),
  );
  return index;
}

describe('chainOf', () => {
  const index = chainedIndex(1000);
  const scoring = createScoring(index, { asOfMillis: 0, weight: 'bytes' });

  it('goes from the root to the row, and ends at what is taken', () => {
    const chain = chainOf(index, scoring, { row: 5, taken: new Set([2]), longest: 10 });
    expect(chain).toMatchObject({ rows: [3, 4, 5], bytes: 4 + 5 + 6, score: 4 + 5 + 6 });
  });

  it('looks at no more rows than the longest chain that can fit', () => {
    for (const longest of [1, 4, 999]) {
      const { rows } = chainOf(index, scoring, { row: 999, taken: new Set(), longest });
      expect(rows).toEqual(Array.from({ length: longest }, (_, i) => 1000 - longest + i));
    }
  });

  it('ends where parents go in a circle', () => {
    const circle = createPrefixIndex(SETTINGS);
    circle.addEvents([
      eventOf({ prefix_id: 'a', parent_prefix_id: 'b' }),
      eventOf({ prefix_id: 'b', parent_prefix_id: 'a' }),
    ]);
    const { rows } = chainOf(circle, scoring, { row: 0, taken: new Set(), longest: 10 });
    expect(rows).toEqual([1, 0]);
  });
});

describe('a budget over a chain that is longer than the hints that are asked for', () => {
  it('names its beginning, never a part without one', () => {
    const { hints } = suggest(chainedIndex(1000), { topK: 3, budgetBytes: 1e9 });
    expect(hints.map(({ prefix_id }) => prefix_id)).toEqual(['p0', 'p1', 'p2']);
  });
});
