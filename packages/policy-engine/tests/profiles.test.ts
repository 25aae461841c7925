import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProfiles } from '../src/context/profiles.ts';

const OPTIONS = { halfLifeWindows: 2, mostUsers: 3, mostCategories: 2 };

const windowOf = (events: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  new Map(Object.entries(events).map(([user, counts]) => [user, new Map(Object.entries(counts))]));

describe('createProfiles', () => {
  it('halves what a user liked with every half-life', () => {
    const profiles = createProfiles(OPTIONS);
    profiles.addWindow(0, windowOf({ ann: { shoes: 4 } }));
    profiles.addWindow(2, windowOf({ ann: { hats: 6 } }));
    expect(profiles.profileOf('ann')).toEqual({
      user: 'ann',
      categories: [
        { category: 'hats', share: 0.75 },
        { category: 'shoes', share: 0.25 },
      ],
    });
    expect(profiles.profileOf('bob')).toBeUndefined();
  });

  it('forgets first who was least active of late', () => {
    const profiles = createProfiles(OPTIONS);
    profiles.addWindow(0, windowOf({ ann: { a: 10 }, bob: { a: 3 }, cid: { a: 4 } }));
    profiles.addWindow(4, windowOf({ dan: { a: 2 } }));
    expect(profiles.profileOf('bob')).toBeUndefined();
    expect(['ann', 'cid', 'dan'].map((user) => profiles.profileOf(user) !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('never holds more than its bounds, and shares that sum up to one', () => {
    const counts = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.integer({ min: 1, max: 9 }),
      {
        minKeys: 1,
      },
    );
    const stream = fc.array(fc.dictionary(fc.constantFrom(...'stuvwxyz'), counts), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(stream, (windows) => {
        const profiles = createProfiles(OPTIONS);
        for (const [window, events] of windows.entries()) {
          profiles.addWindow(window, windowOf(events));
          expect(profiles.size).toBeLessThanOrEqual(3);
        }
        for (const user of 'stuvwxyz') {
          const { categories } = profiles.profileOf(user) ?? { categories: [{ share: 1 }] };
          expect(categories.length).toBeLessThanOrEqual(2);
          expect(categories.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
        }
      }),
    );
  });
});
