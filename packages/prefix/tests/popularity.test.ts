import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addEvent,
  buildForest,
  type DecayedScore,
  emptyScore,
  mergeScores,
  readScore,
  scoreCohorts,
} from '../src/index.ts';
import { anyTrace, chainsOf, columnsOf } from './traces.ts';

const hour = 3_600_000;
const events = fc.array(
  fc.record({
    timeMillis: fc.integer({ min: 1_760_000_000_000, max: 1_760_900_000_000 }),
    weight: fc.integer({ min: 1, max: 100 }),
  }),
  { minLength: 1, maxLength: 40 },
);
type Events = readonly { readonly timeMillis: number; readonly weight: number }[];

const ingest = (score: DecayedScore, batch: Events) => batch.reduce(addEvent, score);
const latest = (batch: Events) => Math.max(...batch.map(({ timeMillis }) => timeMillis));
const definition = (batch: Events, asOf: number) =>
  batch.reduce((sum, e) => sum + e.weight * 0.5 ** ((asOf - e.timeMillis) / hour), 0);

/** Relative, as far as 1,000 additions of doubles and one power may part. */
const tolerance = 1e-12;
function expectSame(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('DecayedScore', () => {
  it('halves in each half-life', () => {
    const score = addEvent(emptyScore(hour), { timeMillis: 5 * hour, weight: 8 });
    expect(readScore(score, 5 * hour)).toBe(8);
    expect(readScore(score, 6 * hour)).toBe(4);
    expect(readScore(score, 8 * hour)).toBe(1);
    expect(readScore(emptyScore(hour), 0)).toBe(0);
  });

  it('equals its definition at any time from the latest event on', () => {
    fc.assert(
      fc.property(events, fc.nat(100 * hour), (batch, later) => {
        const asOf = latest(batch) + later;
        const found = readScore(ingest(emptyScore(hour), batch), asOf);
        expect(Math.abs(found / definition(batch, asOf) - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  it('is the same to the bit in 1 batch or many', () => {
    fc.assert(
      fc.property(events, fc.nat(40), fc.nat(40), (batch, i, j) => {
        const [a, b] = [Math.min(i, j), Math.max(i, j)];
        let stored = ingest(emptyScore(hour), batch.slice(0, a));
        stored = JSON.parse(JSON.stringify({ ...stored, latestMillis: 0 }), (key, value) =>
          key === 'latestMillis' ? stored.latestMillis : value,
        );
        const inParts = ingest(ingest(stored, batch.slice(a, b)), batch.slice(b));
        expect(inParts).toEqual(ingest(emptyScore(hour), batch));
      }),
    );
  });

  it('is the same to rounding in any order, and merged from parts', () => {
    fc.assert(
      fc.property(events, fc.nat(40), (batch, cut) => {
        const asOf = latest(batch) + hour / 3;
        const whole = readScore(ingest(emptyScore(hour), batch), asOf);
        const left = ingest(emptyScore(hour), batch.slice(0, cut));
        const right = ingest(emptyScore(hour), batch.slice(cut));
        expectSame(readScore(ingest(emptyScore(hour), batch.toReversed()), asOf), whole);
        expectSame(readScore(mergeScores(left, right), asOf), whole);
        expect(mergeScores(left, right)).toEqual(mergeScores(right, left));
      }),
    );
  });

  it('does not amplify events after the time of reading', () => {
    const score = addEvent(emptyScore(hour), { timeMillis: 9 * hour, weight: 3 });
    expect(readScore(score, 0)).toBe(3);
  });

  it.each([0, -1, Number.NaN])('refuses a half-life of %s', (halfLife) => {
    expect(() => emptyScore(halfLife)).toThrow('prefix.bad-option');
  });
});

describe('scoreCohorts', () => {
  it('sums the decayed weights of the requests through a cohort, each at most 1', () => {
    const traces = anyTrace({ requests: 12, names: 3, length: 5 });
    fc.assert(
      fc.property(traces, fc.nat(400), (columns, asOfMillis) => {
        const forest = buildForest(columns);
        const scores = scoreCohorts(columns, forest, { halfLifeMillis: 50, asOfMillis });
        scores.forEach((score, c) => {
          const naive = chainsOf(columns).reduce((sum, chain, r) => {
            const age = Math.max(0, asOfMillis - columns.timeMillis[r]);
            return chain.includes(forest.starts[c]) ? sum + 0.5 ** (age / 50) : sum;
          }, 0);
          expectSame(score, naive);
        });
      }),
    );
  });

  it('refuses a half-life that is not positive', () => {
    const columns = columnsOf([]);
    const decay = { halfLifeMillis: 0, asOfMillis: 0 };
    expect(() => scoreCohorts(columns, buildForest(columns), decay)).toThrow('prefix.bad-option');
  });
});
