import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLifetimes } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';

/** Two loose blocks of two cohorts: one comes every second, one every minute. */
const columns = columnsOf(
  Array.from({ length: 121 }, (_, second) => ({
    ids: [second % 60 === 0 ? 2 : 1],
    namespace: second % 60 === 0 ? 2 : 1,
    timeMillis: second * 1000,
  })),
);
const fit = (capacityBlocks: number) =>
  fitLifetimes(columns, {
    training: { begin: 0, end: 121 },
    cohorts: Uint32Array.of(1, 0),
    prefillSecondsPerBlock: 0.5,
    capacityBlocks,
  });

describe('fitLifetimes', () => {
  it('keeps all where all fits, at no price', () => {
    const { price, lifetimes } = fit(2);
    expect(price).toBe(0);
    expect(lifetimes.map(({ cohort, ttlMillis }) => [cohort, ttlMillis])).toEqual([
      [0, 2000],
      [1, 60_000],
    ]);
  });

  it('gives up the cohort that saves least a block-second when room is short', () => {
    const { price, lifetimes } = fit(1);
    expect(price).toBeCloseTo(0.5 / 60, 6);
    expect(lifetimes[0]).toMatchObject({ ttlMillis: 2000, priority: 100 });
    expect(lifetimes[1]).toMatchObject({ ttlMillis: 0, priority: 0, savedPerBlockSecond: 0 });
  });

  it('never holds more than the capacity on average, and more room never costs hits', () => {
    const requests = fc.array(fc.record({ id: fc.nat(5), wait: fc.nat(9) }), { minLength: 2 });
    fc.assert(
      fc.property(
        requests,
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (drawn, capacityBlocks) => {
          let timeMillis = 0;
          const trace = columnsOf(
            drawn.map(({ id, wait }) => {
              timeMillis += wait * 1000;
              return { ids: [id], namespace: id, timeMillis };
            }),
          );
          const at = (room: number) =>
            fitLifetimes(trace, {
              training: { begin: 0, end: drawn.length },
              cohorts: Uint32Array.from(trace.parents, (_, block) => block),
              prefillSecondsPerBlock: 1,
              capacityBlocks: room,
            }).lifetimes;
          const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
          const held = sum(at(capacityBlocks).map(({ heldBlockSeconds }) => heldBlockSeconds));
          expect(held).toBeLessThanOrEqual((capacityBlocks * timeMillis) / 1000 + 1e-9);
          const hits = (room: number) => sum(at(room).map(({ hitBlocks }) => hitBlocks));
          expect(hits(capacityBlocks)).toBeLessThanOrEqual(hits(2 * capacityBlocks));
        },
      ),
    );
  });
});
