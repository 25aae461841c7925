import { createRng, type Rng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testDrift } from '../src/context/popularity-drift.ts';
import {
  ADAPTIVE_DEFAULTS,
  adaptiveTrigger,
  everyEvents,
  type Trigger,
  type TriggerReason,
} from '../src/index.ts';
import { event, events, hits } from './support/events.ts';

interface Traffic {
  readonly item: string;
  readonly user: string;
  readonly isHit: boolean;
  readonly pressure: number;
}

type Signal = readonly [event: number, reason: TriggerReason];

function signalsOf(trigger: Trigger, traffic: Iterable<Traffic>): readonly Signal[] {
  const signals: Signal[] = [];
  let at = 0;
  for (const { item, user, isHit, pressure } of traffic) {
    at++;
    const answer = { baseline: false, steered: isHit };
    const reason = trigger.observe(event({ item, user }), answer, pressure);
    if (reason !== null) signals.push([at, reason]);
  }
  return signals;
}

/** A few items get most requests. */
function popular(rng: Rng, items: number): number {
  return Math.floor(items * rng.nextFloat() ** 3);
}

function* traffic(options: {
  readonly rng: Rng;
  readonly events: number;
  readonly hitRatio?: number;
  readonly shift?: number;
  readonly pressure?: (at: number) => number;
}): Generator<Traffic> {
  const { rng, events, hitRatio = 0.6, shift = 0, pressure = () => 0.5 } = options;
  for (let at = 0; at < events; at++) {
    yield {
      item: String((popular(rng, 500) + shift) % 500),
      user: `u${rng.nextBelow(200)}`,
      isHit: rng.nextFloat() < hitRatio,
      pressure: pressure(at),
    };
  }
}

const ONLY_CHANGES = { ...ADAPTIVE_DEFAULTS, mostEvents: 1e9 };

describe('everyEvents', () => {
  it('ends a window with every so many events, and never else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), (count, length) => {
        const signals = signalsOf(
          everyEvents(count),
          traffic({ rng: createRng(1), events: length }),
        );
        expect(signals).toEqual(
          Array.from({ length: Math.floor(length / count) }, (_, i) => [(i + 1) * count, 'events']),
        );
      }),
    );
  });
});

describe('adaptiveTrigger', () => {
  it.each([1, 2, 3, 4])('stays silent while nothing changes (seed %i)', (seed) => {
    const steady = traffic({ rng: createRng(seed), events: 200_000 });
    expect(signalsOf(adaptiveTrigger(ONLY_CHANGES), steady)).toEqual([]);
  });

  it('tells a fall of the hit ratio in the step that it comes with, and no fall within the noise', () => {
    const after = (hitRatio: number): readonly Signal[] => {
      const rng = createRng(7);
      const falls = [
        ...traffic({ rng, events: 10_000, hitRatio: 0.6 }),
        ...traffic({ rng, events: 10_000, hitRatio }),
      ];
      return signalsOf(adaptiveTrigger(ONLY_CHANGES), falls);
    };
    expect(after(0.45)).toEqual([[11_000, 'hit-ratio']]);
    expect(after(0.57)).toEqual([]);
    expect(after(0.9)).toEqual([]);
  });

  it('tells a drift of popularity once, and then knows the new one', () => {
    const rng = createRng(3);
    const drifts = [
      ...traffic({ rng, events: 10_000 }),
      ...traffic({ rng, events: 20_000, shift: 60 }),
    ];
    expect(signalsOf(adaptiveTrigger(ONLY_CHANGES), drifts)).toEqual([[11_000, 'drift']]);
  });

  it('tells pressure once until it has eased', () => {
    const swings = (at: number): number => [0.95, 0.85, 0.95, 0.5][Math.floor(at / 3000) % 4];
    const steady = traffic({ rng: createRng(5), events: 24_000, pressure: swings });
    const signals = signalsOf(adaptiveTrigger(ONLY_CHANGES), steady);
    expect(signals).toEqual([
      [2000, 'pressure'],
      [12_001, 'pressure'],
    ]);
  });

  it('never ends a window before its cool-down or after its most events', () => {
    const shapes = fc.record({
      stepEvents: fc.integer({ min: 1, max: 20 }),
      coolDownEvents: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(1000),
    });
    const stream = fc.array(fc.tuple(events, hits, fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 50,
      maxLength: 200,
    });
    fc.assert(
      fc.property(shapes, stream, (shape, observed) => {
        const mostEvents = shape.coolDownEvents + 10;
        const trigger = adaptiveTrigger({ ...ADAPTIVE_DEFAULTS, ...shape, mostEvents });
        let length = 0;
        for (const [one, answer, pressure] of observed) {
          length++;
          const reason = trigger.observe(one, one.isRequest ? answer : null, pressure);
          expect(length).toBeLessThanOrEqual(mostEvents);
          if (reason === null) continue;
          expect(length).toBeGreaterThanOrEqual(shape.coolDownEvents);
          length = 0;
        }
      }),
    );
  });
});

describe('testDrift', () => {
  const nobody = (items: readonly string[]) => ({ items, users: items.map(() => '') });

  it('is one bit between stretches without a common item, and 0 between equal ones', () => {
    const apart = testDrift(nobody(['a', 'a', 'b']), nobody(['c', 'd', 'd']), 5, createRng(1));
    expect(apart.divergence).toBeCloseTo(1, 12);
    const same = testDrift(nobody(['a', 'b']), nobody(['b', 'a']), 5, createRng(1));
    expect(same.divergence).toBe(0);
  });

  it('lies between 0 and 1, as does what chance gives', () => {
    const stretch = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', 'u', 'v')), {
        maxLength: 30,
      })
      .map((rows) => ({ items: rows.map(([item]) => item), users: rows.map(([, user]) => user) }));
    fc.assert(
      fc.property(stretch, stretch, (before, after) => {
        const { divergence, noise } = testDrift(before, after, 5, createRng(1));
        for (const one of [divergence, noise.mean, noise.most]) {
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('takes what one user does in a row for no drift', () => {
    const rng = createRng(11);
    const bursts = () => {
      const rows = Array.from({ length: 50 }, () => [
        `i${rng.nextBelow(300)}`,
        `u${rng.nextBelow(1e6)}`,
      ]);
      const long = rows.flatMap((row) => Array(20).fill(row));
      return { items: long.map(([item]) => item), users: long.map(([, user]) => user) };
    };
    const [before, after] = [bursts(), bursts()];
    const whole = testDrift(before, after, 39, rng);
    const torn = testDrift(nobody(before.items), nobody(after.items), 39, rng);
    expect(whole.divergence).toBeLessThan(whole.noise.mean + 4 * whole.noise.deviation);
    expect(torn.divergence).toBeGreaterThan(torn.noise.mean + 4 * torn.noise.deviation);
  });
});
