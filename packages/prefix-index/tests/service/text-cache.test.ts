import type { Clock } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { NumberedChange, SuggestAnswer } from '../../src/service/served-index.ts';
import { createTextCache } from '../../src/service/text-cache.ts';
import { createTextRooms, type HeldText } from '../../src/service/text-rooms.ts';

/** What an answer says; it is let go of. */
function said({ bytes, letGo }: HeldText): string {
  const text = bytes.toString();
  letGo();
  return text;
}

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

/** Changes of an index that is not there. */
function changes() {
  let listener = (_: NumberedChange): void => undefined;
  let number = 0;
  return {
    served: {
      watch: (given: (change: NumberedChange) => void) => {
        listener = given;
        return () => undefined;
      },
    },
    number: () => number,
    /** @returns What a cache is told, when it is called: it happens now, and is heard of then. */
    happen: (tenants: readonly string[] | undefined) => {
      const change = { number: ++number, tenants };
      return () => listener(change);
    },
  };
}

const rooms = createTextRooms();

function made(text: string | Buffer, asOfChange: number, tookMillis = 0): SuggestAnswer<HeldText> {
  return { text: rooms.put(Buffer.from(text)), asOfChange, tookMillis, mayBeKept: true };
}

describe('createTextCache', () => {
  it('answers as if nothing were kept, and makes an answer again only after a change that concerns it', async () => {
    const tenant = fc.constantFrom('a', 'b', 'c');
    const some = fc.option(fc.uniqueArray(tenant, { minLength: 1 }), { nil: undefined });
    const step = fc.oneof(fc.record({ change: some }), fc.record({ ask: some }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { served, happen, number } = changes();
        const cache = createTextCache(served, never);
        const state = new Map([...'abc'].map((name) => [name, 0]));
        const madeFor = new Map<string, string>();
        for (const each of steps) {
          if ('change' in each) {
            for (const name of each.change ?? state.keys()) state.set(name, state.get(name)! + 1);
            happen(each.change)();
            continue;
          }
          const asked = each.ask;
          const truth = JSON.stringify(
            [...state].filter(([name]) => asked?.some((each) => each === name) ?? true),
          );
          const question = JSON.stringify(asked ?? 'all');
          const answer = await cache.answer(question, asked, async () => {
            expect(madeFor.get(question)).not.toBe(truth);
            madeFor.set(question, truth);
            return made(truth, number());
          });
          expect(said(answer)).toBe(truth);
        }
      }),
    );
  });

  it('gives everyone an answer with all changes that were heard of when it was asked, however late answers and news come', async () => {
    const step = fc.constantFrom('change', 'hear', 'ask', 'ask', 'begin', 'answer', 'rest');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { served, happen, number } = changes();
        const cache = createTextCache(served, never);
        const unheard: (() => void)[] = [];
        const unbegun: (() => void)[] = [];
        const unanswered: (() => void)[] = [];
        const asked: Promise<void>[] = [];
        let heard = 0;
        let waiting = 0;
        const over = Promise.withResolvers<void>();
        const acts: Readonly<Record<string, () => void>> = {
          change: () => {
            const at = number() + 1;
            const tell = happen(['a']);
            unheard.push(() => {
              heard = at;
              tell();
            });
          },
          hear: () => unheard.shift()?.(),
          ask: () => {
            const least = heard;
            const answer = cache.answer('q', ['a'], async () => {
              await new Promise<void>((resolve) => unbegun.push(resolve));
              const answer = made(`${number()}`.padEnd(5000), number());
              await new Promise<void>((resolve) => unanswered.push(resolve));
              return answer;
            });
            const check = async (): Promise<void> => {
              waiting++;
              const text = await answer;
              waiting--;
              const first = text.bytes.toString();
              expect(Number(first)).toBeGreaterThanOrEqual(least);
              await over.promise;
              expect(said(text)).toBe(first);
            };
            asked.push(check());
          },
          begin: () => unbegun.shift()?.(),
          answer: () => {
            // News that happened before the answer was made come before it.
            while (unheard.length > 0) unheard.shift()?.();
            unanswered.shift()?.();
          },
          rest: () => undefined,
        };
        for (const each of steps) {
          acts[each]();
          await new Promise((resolve) => setImmediate(resolve));
        }
        while (waiting > 0) {
          acts.begin();
          acts.answer();
          await new Promise((resolve) => setImmediate(resolve));
        }
        over.resolve();
        await Promise.all(asked);
      }),
      { numRuns: 50 },
    );
  });

  it('has an answer made once for all who ask meanwhile, and anew after a failure', async () => {
    const { served } = changes();
    const cache = createTextCache(served, never);
    let makings = 0;
    const failing = async (): Promise<SuggestAnswer<HeldText>> => {
      makings++;
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('not today');
    };
    const asked = [1, 2, 3].map(() => cache.answer('q', undefined, failing));
    for (const each of asked) await expect(each).rejects.toThrow('not today');
    expect(makings).toBe(1);
    expect(said(await cache.answer('q', undefined, async () => made('here', 0)))).toBe('here');
  });

  it('keeps nothing that depends on more than the index', async () => {
    const cache = createTextCache(changes().served, never);
    let makings = 0;
    const make = async (): Promise<SuggestAnswer<HeldText>> => ({
      ...made(`${++makings}`, 0),
      mayBeKept: false,
    });
    expect(said(await cache.answer('q', undefined, make))).toBe('1');
    expect(said(await cache.answer('q', undefined, make))).toBe('2');
  });

  it('forgets the oldest answers when it holds 32 MiB', async () => {
    const cache = createTextCache(changes().served, never);
    let makings = 0;
    const ask = (question: string) =>
      cache.answer(question, undefined, async () => {
        makings++;
        return made(Buffer.alloc(10 * 2 ** 20), 0);
      });
    for (const question of ['1', '2', '3', '3', '4', '2']) await ask(question);
    expect(makings).toBe(4);
    await ask('1');
    expect(makings).toBe(5);
  });

  it('counts what short answers take besides themselves', async () => {
    const cache = createTextCache(changes().served, never);
    let makings = 0;
    const ask = (question: number) =>
      cache.answer(`${question}`, undefined, async () => {
        makings++;
        return made('[]', 0);
      });
    for (let question = 0; question < 80_000; question++) await ask(question);
    for (let question = 79_999; question >= 40_000; question--) await ask(question);
    expect(makings).toBe(80_000);
    for (let question = 0; question < 10_000; question++) await ask(question);
    expect(makings).toBe(90_000);
  });

  it('gives an answer that is too old by less than it may be once a tenth of the time went into answers', async () => {
    const clock = handClock();
    const { served, happen, number } = changes();
    let stale = 0;
    const cache = createTextCache(served, { staleMillis: 250, clock, onStale: () => stale++ });
    const ask = async (): Promise<number> =>
      Number(
        said(
          await cache.answer('all', undefined, async () => {
            clock.move(10);
            return made(`${number()}`, number(), 10);
          }),
        ),
      );
    const change = happen;
    const answers: number[] = [];
    for (let i = 0; i < 5; i++) {
      answers.push(await ask());
      change(['a'])();
    }
    expect(answers).toEqual([0, 1, 2, 2, 2]);
    expect(stale).toBe(2);
    clock.move(40);
    expect(await ask()).toBe(5);
    change(['a'])();
    expect(await ask()).toBe(5);
    clock.move(100);
    expect(await ask()).toBe(6);
  });

  it('makes an old answer anew in time, and again, for as long as somebody asks, so that nobody waits for it', async () => {
    vi.useFakeTimers();
    const clock = { nowMillis: () => Date.now(), monotonicMillis: () => Date.now() };
    const { served, happen, number } = changes();
    const cache = createTextCache(served, { staleMillis: 250, clock, onStale: () => undefined });
    let makings = 0;
    const ask = () =>
      cache.answer('all', undefined, async () => {
        makings++;
        return made(`${number()}`, number(), 1000);
      });
    const askAtOnce = (): string => said(ask() as HeldText);
    const later = async (millis: number) => {
      for (let i = 0; i < millis; i++) {
        happen(undefined)();
        await vi.advanceTimersByTimeAsync(1);
      }
    };
    await ask();
    happen(undefined)();
    expect(askAtOnce()).toBe('0');
    await later(149);
    expect([askAtOnce(), makings]).toEqual(['0', 1]);
    for (let i = 0; i < 20; i++) {
      await later(76);
      expect(number() - Number(askAtOnce())).toBeLessThan(250);
    }
    expect(makings).toBeLessThan(12);
    const before = makings;
    await later(5000);
    expect(makings - before).toBeLessThan(8);
    vi.useRealTimers();
  });

  it('gives none that is too old to whoever would not ask again', async () => {
    const clock = handClock();
    const { served, happen, number } = changes();
    const cache = createTextCache(served, { staleMillis: 250, clock, onStale: () => undefined });
    const ask = async (mayBeStale: boolean) =>
      said(
        await cache.answer(
          'all',
          undefined,
          async () => made(`${number()}`, number(), 1000),
          mayBeStale,
        ),
      );
    await ask(true);
    happen(undefined)();
    expect([await ask(true), await ask(false), await ask(true)]).toEqual(['0', '1', '1']);
  });

  it('never gives one that is older than it may be, however much is asked', async () => {
    const clock = handClock();
    const { served, happen, number } = changes();
    const options = { staleMillis: 100, clock, onStale: () => undefined };
    const cache = createTextCache(served, options);
    for (let i = 0; i < 2000; i++) {
      happen(['a'])();
      const answer = await cache.answer(`${i % 7}`, ['a'], async () => {
        const madeAt = clock.monotonicMillis();
        clock.move(5);
        return made(`${madeAt}`, number(), 5);
      });
      expect(clock.monotonicMillis() - Number(said(answer))).toBeLessThanOrEqual(105);
      clock.move(1);
    }
  });
});

describe('createTextRooms', () => {
  it('leaves every text as it is until all who hold it have let it go, and then uses its room again', () => {
    const length = fc.constantFrom(10, 4095, 4096, 5000, 9000, 2 ** 20, 2 ** 20 + 1);
    const step = fc.record({ length, holders: fc.integer({ min: 1, max: 3 }), drop: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const rooms = createTextRooms();
        const held: { readonly text: HeldText; readonly fill: number; holders: number }[] = [];
        for (const [at, { length, holders, drop }] of steps.entries()) {
          const text = rooms.put(Buffer.alloc(length, at));
          text.hold(holders - 1);
          held.push({ text, fill: at, holders });
          const one = held[drop % held.length];
          one.text.letGo();
          one.holders--;
          if (one.holders === 0) held.splice(held.indexOf(one), 1);
          for (const { text, fill } of held) {
            expect(text.bytes.equals(Buffer.alloc(text.bytes.length, fill))).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
    const rooms = createTextRooms();
    const view = rooms.put(Buffer.alloc(2 ** 16).subarray(7, 31));
    expect([view.bytes.length, view.bytes.buffer.byteLength, view.roomBytes]).toEqual([24, 24, 24]);
    const first = rooms.put(Buffer.alloc(5000));
    first.letGo();
    expect(rooms.put(Buffer.alloc(8000)).bytes.buffer).toBe(first.bytes.buffer);
  });
});
