import { describe, expect, it } from 'vitest';
import { minimiseInBox } from '../src/cma-es.ts';

describe('minimiseInBox', () => {
  const search = { start: [0.5, 0.5, 0.5], spread: 0.2, evaluations: 1500, seed: 7 };
  const valley = ([x, y, z]: readonly number[]) =>
    (x - 0.8) ** 2 + 100 * (y - x * x) ** 2 + (z - 0.1) ** 2;

  it('finds the floor of a bent valley', () => {
    const found = minimiseInBox(valley, search);
    expect(found.value).toBeLessThan(1e-5);
    expect(found.point[1]).toBeCloseTo(0.64, 1);
  });

  it('stays in the box, keeps to its budget, and repeats itself', () => {
    const outside = ([x, y]: readonly number[]) => (x + 1) ** 2 + (y - 2) ** 2;
    const found = minimiseInBox(outside, { ...search, start: [0.5, 0.5], evaluations: 600 });
    expect(found.point[0]).toBeCloseTo(0, 6);
    expect(found.point[1]).toBeCloseTo(1, 6);
    expect(found.evaluations).toBeLessThan(620);
    expect(minimiseInBox(valley, search)).toEqual(minimiseInBox(valley, search));
  });
});
