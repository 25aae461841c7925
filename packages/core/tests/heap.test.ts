import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { popHeap, pushHeap } from '../src/index.ts';

const isLess = (a: number, b: number): boolean => a < b;

describe('a heap in an array', () => {
  it('has the first of all items on top, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50))), (steps) => {
        const heap: number[] = [];
        const sorted: number[] = [];
        for (const step of steps) {
          if (step !== null) {
            pushHeap(heap, step, isLess);
            sorted.push(step);
            sorted.sort((a, b) => a - b);
          } else if (heap.length > 0) {
            expect(popHeap(heap, isLess)).toBe(sorted.shift());
          }
          expect(heap[0]).toBe(sorted[0]);
          expect(heap).toHaveLength(sorted.length);
        }
      }),
    );
  });
});
