import { describe, expect, it } from 'vitest';
import { createPrefixIndex, suggest } from '../../src/index.ts';
import { warmUp } from '../../src/service/warm-up.ts';
import { eventOf, SETTINGS } from '../support/events.ts';

/** A clock that goes on by so much each time that it is looked at. */
function hastyClock(stepMillis: number) {
  let millis = 0;
  const look = (): number => {
    millis += stepMillis;
    return millis;
  };
  return { nowMillis: look, monotonicMillis: look, looks: () => millis / stepMillis };
}

describe('warmUp', () => {
  it('changes no answer, and ends by itself', async () => {
    const index = createPrefixIndex(SETTINGS);
    index.addEvents(['a', 'b', 'c'].map((tenant) => eventOf({ tenant })));
    const before = suggest(index, { topK: 10 });
    const clock = hastyClock(1);
    await warmUp(index, clock);
    expect(suggest(index, { topK: 10 })).toEqual(before);
    expect(clock.looks()).toBe(301);
  });

  it('takes no longer than a second and a half, and no time for an empty index', async () => {
    const index = createPrefixIndex(SETTINGS);
    const unasked = hastyClock(500);
    await warmUp(index, unasked);
    expect(unasked.looks()).toBe(1);
    index.addEvents([eventOf({})]);
    const clock = hastyClock(500);
    await warmUp(index, clock);
    expect(clock.looks()).toBe(5);
  });
});
