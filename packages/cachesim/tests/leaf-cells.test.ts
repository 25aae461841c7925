import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeafCells } from '../src/learned/leaf-cells.ts';
import { densitiesOf, type LearnedTable } from '../src/learned/learned-table.ts';
import { createWakeHeap } from '../src/learned/wake-heap.ts';

const AGES = [0, 3, 7];
const VALUES = [
  [5, 2, 9],
  [4, 8, 1],
];
const TABLE: LearnedTable = {
  features: [],
  intercept: 0,
  bandScores: [0],
  gapLevels: [],
  ageMillis: AGES,
  values: VALUES,
};

const steps = fc.array(
  fc.record({
    wait: fc.nat(4),
    block: fc.nat(7),
    classIndex: fc.nat(1),
    act: fc.constantFrom('put', 'remove', 'take'),
  }),
  { maxLength: 60 },
);

describe('createLeafCells', () => {
  it('holds for each leaf the value of its class at its age, whatever came and went', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const cells = createLeafCells(TABLE, 8);
        const model = new Map<number, { classIndex: number; touched: number }>();
        let now = 0;
        const worthOf = ({ classIndex, touched }: { classIndex: number; touched: number }) =>
          VALUES[classIndex][AGES.findLastIndex((bound) => now - touched >= bound)];
        for (const { wait, block, classIndex, act } of plan) {
          now += wait;
          cells.advance(now);
          const least = Math.min(Number.POSITIVE_INFINITY, ...[...model.values()].map(worthOf));
          expect(cells.leastValue()).toBe(least);
          if (act === 'put' && !model.has(block)) {
            cells.put(block, { classIndex, touchedMillis: now - (wait % 3), place: 'last' });
            model.set(block, { classIndex, touched: now - (wait % 3) });
          } else if (act === 'remove') {
            cells.remove(block);
            model.delete(block);
          } else if (act === 'take' && model.size > 0) {
            const taken = cells.takeLeast();
            expect(worthOf(model.get(taken)!)).toBe(least);
            model.delete(taken);
          }
        }
      }),
    );
  });
});

describe('createWakeHeap', () => {
  it('yields what is left by moment, then by block', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 40 }), fc.nat(39), (moments, removed) => {
        const heap = createWakeHeap(moments.length);
        moments.forEach((moment, block) => {
          heap.add(block, moment);
        });
        if (removed < moments.length) heap.remove(removed);
        const expected = moments
          .map((moment, block) => [moment, block] as const)
          .filter(([, block]) => block !== removed)
          .sort(([a, i], [b, j]) => a - b || i - j);
        for (const [moment, block] of expected) {
          expect(heap.nextMillis()).toBe(moment);
          expect(heap.take()).toBe(block);
        }
        expect(heap.nextMillis()).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});

describe('densitiesOf', () => {
  it('holds on through a lull where a touch is due, and gives up after the last', () => {
    const chances = Float64Array.of(0, 1, 0);
    const [early, due, late] = densitiesOf(chances, Float64Array.of(0, 1000, 2000));
    expect(early).toBeCloseTo(1 / 1.5, 12);
    expect(due).toBeCloseTo(2, 12);
    expect(late).toBe(0);
  });
});
