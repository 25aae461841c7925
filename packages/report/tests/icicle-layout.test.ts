import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { icicleLayout, WHOLE_FOREST } from '../src/figures/icicle-layout.ts';
import type { Row } from '../src/table.ts';

const rowOf = (parent_row: number, requests: number, tokens: number): Row => ({
  parent_row,
  requests,
  tokens,
});
const forests = fc
  .array(fc.tuple(fc.nat(8), fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 50 })
  .map((shapes) =>
    shapes.map(([up, requests, tokens], i) =>
      rowOf(up === 0 ? -1 : Math.max(-1, i - up), requests, tokens),
    ),
  );

describe('icicleLayout', () => {
  it('gives a row the height of its weight and all below it, the heaviest child first', () => {
    const rows = [rowOf(-1, 10, 1), rowOf(0, 2, 1), rowOf(0, 3, 1), rowOf(-1, 4, 1)];
    expect(icicleLayout(rows, WHOLE_FOREST)).toEqual([
      { row: 0, level: 0, top: 0, bottom: 15 },
      { row: 3, level: 0, top: 15, bottom: 19 },
      { row: 2, level: 1, top: 0, bottom: 3 },
      { row: 1, level: 1, top: 3, bottom: 5 },
    ]);
  });

  it('looks at a part: the focus, or what is left of it without the heaviest children', () => {
    const rows = [rowOf(-1, 10, 1), rowOf(0, 2, 1), rowOf(0, 3, 1)];
    expect(icicleLayout(rows, { row: 2, skip: 0 })).toEqual([
      { row: 2, level: 0, top: 0, bottom: 3 },
    ]);
    expect(icicleLayout(rows, { row: 0, skip: 1 })).toEqual([
      { row: 0, level: 0, top: 0, bottom: 2 },
      { row: 1, level: 1, top: 0, bottom: 2 },
    ]);
  });

  it('places every row once, children within their parent, no two of a level over one another', () => {
    fc.assert(
      fc.property(forests, (rows) => {
        const nodes = icicleLayout(rows, WHOLE_FOREST);
        expect(nodes.map(({ row }) => row).sort((a, b) => a - b)).toEqual([...rows.keys()]);
        const byRow = new Map(nodes.map((node) => [node.row, node]));
        for (const node of nodes) {
          const parent = byRow.get(Number(rows[node.row].parent_row));
          if (parent === undefined) continue;
          expect(node.level).toBe(parent.level + 1);
          expect(node.top).toBeGreaterThanOrEqual(parent.top);
          expect(node.bottom).toBeLessThanOrEqual(parent.bottom);
        }
        const levels = Map.groupBy(nodes, ({ level }) => level);
        for (const level of levels.values()) {
          const sorted = level.toSorted((a, b) => a.top - b.top || a.bottom - b.bottom);
          for (let i = 1; i < sorted.length; i++) {
            expect(sorted[i].top).toBeGreaterThanOrEqual(sorted[i - 1].bottom);
          }
        }
      }),
    );
  });
});
