import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixIndex, type PrefixIndex } from '../src/index/prefix-index.ts';
import { createCredits } from '../src/suggest/credits.ts';
import { entries } from '../src/suggest/entry.ts';
import { explain } from '../src/suggest/explain.ts';
import { suggest, suggestJson } from '../src/suggest/suggest.ts';
import type { SuggestQuery } from '../src/suggest/suggestion.ts';
import { type Feedback, feedbackTotals, OUTCOMES } from '../src/totals/feedback.ts';
import type { PrefixEvent } from '../src/totals/prefix-event.ts';
import { anyEvent, eventOf, pruned, SETTINGS } from './support/events.ts';

function indexOf(events: readonly PrefixEvent[], feedback: readonly Feedback[] = []): PrefixIndex {
  const index = createPrefixIndex(SETTINGS);
  index.addEvents(events);
  index.merge(feedbackTotals(feedback, SETTINGS.halfLifeMillis));
  return index;
}

function feedbackOf(named: Partial<Feedback>): Feedback {
  return {
    prefix_id: 'a',
    tenant: 't',
    model_id: 'm',
    outcome: 'unused',
    timestamp_ms: 0,
    ...named,
  };
}

/** All that is known of `a` after one event of 700 bytes at time 0. */
function entryOfA(feedback: readonly Feedback[]) {
  const [entry] = entries(indexOf([eventOf({ bytes: 700 })], feedback), {});
  return entry;
}

const anyFeedback: fc.Arbitrary<Feedback> = fc.record({
  prefix_id: fc.constantFrom('a', 'b', 'c', 'd'),
  tenant: fc.constantFrom('t', 'u'),
  model_id: fc.constantFrom('m', 'n'),
  outcome: fc.constantFrom(...OUTCOMES),
  timestamp_ms: fc.integer({ min: 1_763_000_000_000, max: 1_763_000_060_000 }),
});

const anyQuery: fc.Arbitrary<SuggestQuery> = fc.record(
  {
    topK: fc.integer({ min: 1, max: 20 }),
    tenants: fc.constantFrom(['t'], ['u'], ['t', 'u'], ['nobody'], []),
    weight: fc.constantFrom('bytes', 'requests'),
    minScore: fc.constantFrom(0, 1, 1000),
    maxAgeMillis: fc.constantFrom(0, 5000, 60_000),
    asOfMillis: fc.integer({ min: 1_763_000_000_000, max: 1_763_000_120_000 }),
  },
  { requiredKeys: ['topK'] },
);

describe('suggest', () => {
  it('gives what sorting all that it knows gives, feedback counted in', () => {
    const events = fc.array(anyEvent, { maxLength: 60 });
    fc.assert(
      fc.property(
        events,
        fc.array(anyFeedback, { maxLength: 20 }),
        anyQuery,
        (seen, said, query) => {
          const index = indexOf(seen, said);
          const { topK, minScore = 0, maxAgeMillis = Number.POSITIVE_INFINITY } = query;
          const expected = [...entries(index, query)]
            .filter((entry) => entry.score > 0 && entry.score >= minScore)
            .filter((entry) => entry.age_ms <= maxAgeMillis)
            .sort((a, b) => b.score - a.score)
            .slice(0, topK)
            .map(({ score }) => score);
          expect(suggest(index, query).hints.map(({ score }) => score)).toEqual(expected);
        },
      ),
    );
  });

  it('says the same as text, whatever came since the last answer', () => {
    const changes = fc.array(
      fc.oneof(
        fc.record({ events: fc.array(anyEvent, { maxLength: 20 }) }),
        fc.record({ said: fc.array(anyFeedback, { maxLength: 3 }) }),
        fc.record({ query: anyQuery, budgetBytes: fc.option(fc.nat(2 ** 20), { nil: undefined }) }),
        fc.record({
          pruneBeforeMillis: fc.integer({ min: 1_763_000_000_000, max: 1_763_000_030_000 }),
        }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(changes, (steps) => {
        const index = indexOf([]);
        for (const step of steps) {
          if ('events' in step) index.addEvents(step.events);
          else if ('said' in step) index.merge(feedbackTotals(step.said, SETTINGS.halfLifeMillis));
          else if ('pruneBeforeMillis' in step) pruned(index, step.pruneBeforeMillis);
          else {
            const query = {
              ...step.query,
              ...(step.budgetBytes && { budgetBytes: step.budgetBytes }),
            };
            expect(suggestJson(index, query).toString()).toBe(
              JSON.stringify(suggest(index, query)),
            );
          }
        }
      }),
    );
  });

  it('gives a hint with all that a planner needs', () => {
    const index = indexOf([
      eventOf({ layer: 12, page_start: 0, page_end: 3, bytes: 1024, latency_ms: 4, tokens: 64 }),
      eventOf({
        layer: 12,
        page_start: 4,
        page_end: 7,
        bytes: 1024,
        latency_ms: 6,
        timestamp_ms: 1000,
      }),
    ]);
    expect(suggest(index, { topK: 5 })).toEqual({
      asOf: 1000,
      hints: [
        {
          prefix_id: 'a',
          tenant: 't',
          model_id: 'm',
          score: 1536,
          hits: 2,
          bytes: 2048,
          tokens: 64,
          last_seen_ms: 1000,
          layers: [{ layer: 12, page_start: 0, page_end: 7 }],
          expected_saving_ms: expect.closeTo(5 * (1 - Math.exp(-1.5 * Math.LN2)), 9),
          ttl_ms: 1000,
          reason: 'popular',
          hint: 'warm a: 2 hits, 2 KiB in 8 pages, score 1536',
        },
      ],
    });
  });

  it('depends on nothing of other tenants', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), anyQuery, (events, query) => {
        const mine = { ...query, tenants: ['t'] };
        const alone = indexOf(events.filter(({ tenant }) => tenant === 't'));
        expect(suggest(indexOf(events), mine)).toEqual(suggest(alone, mine));
      }),
    );
  });

  it('has nothing to say without events', () => {
    expect(suggest(indexOf([]), { topK: 3 })).toEqual({ asOf: null, hints: [] });
  });

  it.each([
    { topK: 0 },
    { topK: 1.5 },
    { topK: 1, minScore: -1 },
    { topK: 1, asOfMillis: Number.NaN },
  ])('refuses %j', (query) => {
    expect(() => suggest(indexOf([]), query)).toThrow(/prefix-index.bad-option/);
  });
});

describe('a budget', () => {
  const sized = fc.array(
    fc.record({
      prefix_id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      tokens: fc.integer({ min: 1, max: 100 }),
      bytes: fc.integer({ min: 1, max: 50 }),
      parent_prefix_id: fc.constantFrom('a', 'b', 'c', 'd', 'gone'),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const query = { topK: 100, weight: 'tokens' } as const;

  it('is kept, and the set is closed under known parents', () => {
    fc.assert(
      fc.property(sized, fc.nat(120), (drawn, budgetBytes) => {
        const index = indexOf(drawn.map(eventOf));
        const { hints } = suggest(index, { ...query, budgetBytes });
        expect(hints.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(budgetBytes);
        const given = new Set(hints.map(({ prefix_id }) => prefix_id));
        for (const { prefix_id, parent_prefix_id: parent } of entries(index, {})) {
          const isKnown =
            parent !== undefined && index.find(eventOf({ prefix_id: parent })) !== undefined;
          if (given.has(prefix_id) && isKnown) expect(given).toContain(parent);
        }
      }),
    );
  });

  it('holds at least half of the score of the best set, where nothing has a parent', () => {
    fc.assert(
      fc.property(sized, fc.nat(200), (drawn, budgetBytes) => {
        const index = indexOf(drawn.map(({ parent_prefix_id, ...rest }) => eventOf(rest)));
        const known = [...entries(index, { weight: 'tokens' })];
        const { hints } = suggest(index, { ...query, budgetBytes });
        let best = 0;
        for (let set = 0; set < 2 ** known.length; set++) {
          const chosen = known.filter((_, i) => (set >> i) & 1);
          const bytes = chosen.reduce((sum, entry) => sum + entry.bytes, 0);
          const score = chosen.reduce((sum, entry) => sum + entry.score, 0);
          if (bytes <= budgetBytes) best = Math.max(best, score);
        }
        const found = hints.reduce((sum, { score }) => sum + score, 0);
        expect(found).toBeGreaterThanOrEqual(best / 2 - 1e-9);
      }),
    );
  });

  it('puts a parent before what goes on from it, and says why it is there', () => {
    const index = indexOf([
      eventOf({ prefix_id: 'root', bytes: 0, tokens: 1 }),
      eventOf({ prefix_id: 'leaf', bytes: 9, tokens: 50, parent_prefix_id: 'root' }),
    ]);
    const { hints } = suggest(index, { topK: 5, budgetBytes: 100 });
    expect(hints.map(({ prefix_id, reason }) => [prefix_id, reason])).toEqual([
      ['root', 'parent'],
      ['leaf', 'popular'],
    ]);
  });

  it('ends where prefixes are parents of each other', () => {
    const index = indexOf([
      eventOf({ prefix_id: 'a', parent_prefix_id: 'b' }),
      eventOf({ prefix_id: 'b', parent_prefix_id: 'a' }),
    ]);
    expect(suggest(index, { topK: 5, budgetBytes: 100 }).hints).toHaveLength(2);
  });
});

describe('credits', () => {
  it('flow in over the window, and never past it', () => {
    let now = 0;
    const clock = { nowMillis: () => now, monotonicMillis: () => now };
    const credits = createCredits({ windowBytes: 100, windowMillis: 1000, clock });
    credits.spend('t', 100);
    expect(credits.available('t')).toBe(0);
    expect(credits.available('u')).toBe(100);
    now = 250;
    expect(credits.available('t')).toBe(25);
    now = 5000;
    expect(credits.available('t')).toBe(100);
  });

  it('bound the hints of each tenant', () => {
    const events = ['a', 'b', 'c'].flatMap((prefix_id) =>
      ['t', 'u'].map((tenant) => eventOf({ prefix_id, tenant, bytes: 10 })),
    );
    const creditBytes = (tenant: string): number => (tenant === 't' ? 25 : 9);
    const { hints } = suggest(indexOf(events), { topK: 9, creditBytes });
    expect(hints.map(({ tenant }) => tenant)).toEqual(['t', 't']);
  });
});

describe('feedback', () => {
  it('weighs 1 each, however long after the newest event it comes, and leaves popularity alone', () => {
    for (const timestamp_ms of [0, 1000, 10_000, 3_600_000, 1.7e12]) {
      const { score, popularity, feedback } = entryOfA([feedbackOf({ timestamp_ms })]);
      expect(popularity.bytes).toBe(700);
      expect(feedback).toMatchObject({ used: 0, unused: 1, usefulness: (4 / 6) * (5 / 4) });
      expect(score).toBeCloseTo(700 * (5 / 6), 9);
    }
  });

  it('lowers a prefix that goes unused, and lets it recover', () => {
    const events = [eventOf({ bytes: 100 }), eventOf({ prefix_id: 'b', bytes: 90 })];
    const wasted = Array.from({ length: 5 }, () => feedbackOf({ outcome: 'unused' }));
    const index = indexOf(events, wasted);
    expect(suggest(index, { topK: 1 }).hints[0].prefix_id).toBe('b');
    const later = suggest(index, { topK: 1, asOfMillis: 20 * SETTINGS.halfLifeMillis });
    expect(later.hints[0].prefix_id).toBe('a');
    index.merge(
      feedbackTotals(
        Array.from({ length: 30 }, () => feedbackOf({ outcome: 'used' })),
        1000,
      ),
    );
    expect(suggest(index, { topK: 1 }).hints[0].prefix_id).toBe('a');
  });

  it('never raises a score, and makes no prefix known', () => {
    const said = [
      feedbackOf({ outcome: 'used' }),
      feedbackOf({ prefix_id: 'new', outcome: 'used' }),
    ];
    const index = indexOf([eventOf({ bytes: 100 })], said);
    expect(suggest(index, { topK: 9 }).hints).toMatchObject([{ prefix_id: 'a', score: 100 }]);
    expect([...entries(index, {})]).toHaveLength(1);
  });
});

describe('explain', () => {
  const events = [
    eventOf({ prefix_id: 'a', bytes: 100, timestamp_ms: 10_000 }),
    eventOf({ prefix_id: 'b', bytes: 50, timestamp_ms: 10_000 }),
    eventOf({ prefix_id: 'old', bytes: 90_000, timestamp_ms: 0 }),
    eventOf({ prefix_id: 'void', bytes: 0, timestamp_ms: 10_000 }),
  ];
  const verdict = (prefix_id: string, query: SuggestQuery, tenant = 't'): string =>
    explain(indexOf(events), { prefix_id, tenant, model_id: 'm' }, query).verdict;

  it('names what keeps a prefix out', () => {
    expect(verdict('a', { topK: 1 })).toBe('suggested');
    expect(verdict('b', { topK: 1 })).toBe('outside-top-k');
    expect(verdict('b', { topK: 9, minScore: 60 })).toBe('below-min-score');
    expect(verdict('old', { topK: 9, maxAgeMillis: 500 })).toBe('too-old');
    expect(verdict('void', { topK: 9 })).toBe('score-is-zero');
    expect(verdict('a', { topK: 9, budgetBytes: 60 })).toBe('does-not-fit');
    expect(verdict('nobody', { topK: 9 })).toBe('unknown');
    expect(verdict('a', { topK: 9, tenants: ['u'] })).toBe('unknown');
  });

  it('agrees with the hints about which are suggested', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), anyQuery, (seen, query) => {
        const index = indexOf(seen);
        const { hints } = suggest(index, query);
        for (const entry of entries(index, query)) {
          const isHint = hints.some(
            (hint) =>
              hint.prefix_id === entry.prefix_id &&
              hint.tenant === entry.tenant &&
              hint.model_id === entry.model_id,
          );
          expect(explain(index, entry, query).verdict === 'suggested').toBe(isHint);
        }
      }),
    );
  });
});
