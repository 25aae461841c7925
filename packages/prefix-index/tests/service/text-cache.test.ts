import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixIndex, DEFAULT_SETTINGS, type IndexChange } from '../../src/index.ts';
import { createTextCache } from '../../src/service/text-cache.ts';

const index = createPrefixIndex(DEFAULT_SETTINGS);
const emptyIndex = () => index;

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
        const cache = createTextCache({
          index: emptyIndex,
          watch: (given) => {
            listener = given;
            return () => undefined;
          },
        });
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
    const cache = createTextCache({ index: emptyIndex, watch: () => () => undefined });
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
});
