import type { Clock } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixIndex, DEFAULT_SETTINGS, type IndexChange } from '../../src/index.ts';
import { createTextCache } from '../../src/service/text-cache.ts';

const index = createPrefixIndex(DEFAULT_SETTINGS);
const emptyIndex = () => index;

/** A clock that stands until it is moved. */
function handClock(): Clock & { nowMillis: () => number; move: (millis: number) => void } {
  let millis = 0;
  return {
    nowMillis: () => millis,
    monotonicMillis: () => millis,
    move: (by) => {
      millis += by;
    },
  };
}

const never = { staleMillis: 0, clock: handClock(), onStale: () => undefined };

describe('createTextCache', () => {
  it('answers as if nothing were kept, and makes an answer again only after a change that concerns it', () => {
    const tenant = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ change: fc.uniqueArray(tenant, { minLength: 1 }) }),
      fc.record({ ask: fc.option(fc.uniqueArray(tenant, { minLength: 1 }), { nil: undefined }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let listener = (_: IndexChange): void => undefined;
        const cache = createTextCache(
          {
            index: emptyIndex,
            watch: (given) => {
              listener = given;
              return () => undefined;
            },
          },
          never,
        );
        const state = new Map<string, number>([
          ['a', 0],
          ['b', 0],
          ['c', 0],
        ]);
        const madeFor = new Map<string, string>();
        for (const each of steps) {
          if ('change' in each) {
            for (const name of each.change) state.set(name, state.get(name)! + 1);
            listener({ tenants: new Set(each.change) });
            continue;
          }
          const asked = each.ask;
          const truth = JSON.stringify(
            [...state].filter(([name]) => asked?.some((each) => each === name) ?? true),
          );
          const question = JSON.stringify(asked ?? 'all');
          const answer = cache.answer(question, asked, () => {
            expect(madeFor.get(question)).not.toBe(truth);
            madeFor.set(question, truth);
            return Buffer.from(truth);
          });
          expect(answer.toString()).toBe(truth);
        }
      }),
    );
  });

  it('forgets the oldest answers when it holds 32 MiB', () => {
    const cache = createTextCache({ index: emptyIndex, watch: () => () => undefined }, never);
    let made = 0;
    const ask = (question: string) => {
      cache.answer(question, undefined, () => {
        made++;
        return Buffer.alloc(10 * 2 ** 20);
      });
    };
    for (const question of ['1', '2', '3', '3', '4', '2']) ask(question);
    expect(made).toBe(4);
    ask('1');
    expect(made).toBe(5);
  });

  it('counts what short answers take besides themselves', () => {
    const cache = createTextCache({ index: emptyIndex, watch: () => () => undefined }, never);
    let made = 0;
    const ask = (question: number) => {
      cache.answer(`${question}`, undefined, () => {
        made++;
        return Buffer.from('[]');
      });
    };
    for (let question = 0; question < 80_000; question++) ask(question);
    for (let question = 79_999; question >= 40_000; question--) ask(question);
    expect(made).toBe(80_000);
    for (let question = 0; question < 10_000; question++) ask(question);
    expect(made).toBe(90_000);
  });

  it('gives an answer that is too old by less than it may be once a quarter of the time went into answers', () => {
    const clock = handClock();
    let changes = 0;
    let stale = 0;
    let tell = (_: IndexChange): void => undefined;
    const cache = createTextCache(
      {
        index: emptyIndex,
        watch: (given) => {
          tell = given;
          return () => undefined;
        },
      },
      { staleMillis: 250, clock, onStale: () => stale++ },
    );
    const ask = (): number =>
      Number(
        cache.answer('all', undefined, () => {
          clock.move(10);
          return Buffer.from(`${changes}`);
        }),
      );
    const change = (): void => {
      changes++;
      tell({ tenants: new Set(['a']) });
    };
    const answers: number[] = [];
    for (let i = 0; i < 5; i++) {
      answers.push(ask());
      change();
    }
    expect(answers).toEqual([0, 1, 2, 3, 3]);
    expect(stale).toBe(1);
    clock.move(40);
    expect(ask()).toBe(5);
    change();
    expect(ask()).toBe(5);
    clock.move(12);
    expect(ask()).toBe(6);
  });

  it('never gives one that is older than it may be, however much is asked', () => {
    const clock = handClock();
    let tell = (_: IndexChange): void => undefined;
    const watch = (given: (change: IndexChange) => void) => {
      tell = given;
      return () => undefined;
    };
    const options = { staleMillis: 100, clock, onStale: () => undefined };
    const cache = createTextCache({ index: emptyIndex, watch }, options);
    for (let i = 0; i < 2000; i++) {
      tell({ tenants: new Set(['a']) });
      const madeAt = Number(
        cache.answer(`${i % 7}`, ['a'], () => {
          const now = clock.monotonicMillis();
          clock.move(5);
          return Buffer.from(`${now}`);
        }),
      );
      expect(clock.monotonicMillis() - madeAt).toBeLessThanOrEqual(105);
      clock.move(1);
    }
  });
});
