import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseActions, DEFAULT_LIMITS, parseNamespace } from '../../src/index.ts';

const none = { evict: [], prefetch: [] };

describe('chooseActions', () => {
  it('keeps what is plain, once, in the order of the plan', () => {
    const plan = {
      evict: ['item:a', 'item:b', 'item:a', 'user:1', 'item:'],
      prefetch: [
        { k: 'item:c', ttl: 300 },
        { k: 'item:c', ttl: 900 },
        { k: 'cache-policy:outcomes', ttl: 300 },
      ],
    };
    const { evict, prefetch, passedOver } = chooseActions(plan, DEFAULT_LIMITS);
    expect(evict).toEqual(['item:a', 'item:b']);
    expect(prefetch).toEqual([{ key: 'item:c', ttlSeconds: 300 }]);
    expect(passedOver).toMatchObject({ duplicate: 2, 'foreign-key': 3 });
  });

  it('loads a key that is to be both evicted and loaded', () => {
    const plan = { evict: ['item:a'], prefetch: [{ k: 'item:a', ttl: 300 }] };
    const { evict, prefetch, passedOver } = chooseActions(plan, DEFAULT_LIMITS);
    expect([evict, prefetch.length, passedOver['evict-and-prefetch']]).toEqual([[], 1, 1]);
  });

  it.each([
    ['a line end', 'item:a\nb'],
    ['a zero', 'item:a\0'],
    ['half a character', 'item:\ud800'],
    ['a mark that turns the text round', 'item:\u202ea'],
    ['a length that costs', `item:${'x'.repeat(1000)}`],
    ['another beginning that looks the same', '\u0456tem:a'],
    ['the beginning behind a space', ' item:a'],
    ['the beginning in capitals', 'ITEM:a'],
  ])('passes over a key with %s', (_, key) => {
    const { evict, prefetch } = chooseActions(
      { evict: [key], prefetch: [{ k: key, ttl: 60 }] },
      DEFAULT_LIMITS,
    );
    expect([evict, prefetch]).toEqual([[], []]);
  });

  it.each(['item:*', 'item:[a-z]', 'item:__proto__', 'item:constructor', 'item:{1}', 'item:a b'])(
    'takes %s for the key of that name',
    (key) => {
      expect(chooseActions({ ...none, evict: [key] }, DEFAULT_LIMITS).evict).toEqual([key]);
    },
  );

  it.each([
    [Number.POSITIVE_INFINITY, 3600],
    [Number.NEGATIVE_INFINITY, 60],
    [-1, 60],
    [0, 60],
    [60.9, 60],
    [3600.5, 3600],
    [1e308, 3600],
    [1e-308, 60],
  ])('clamps a lifetime of %d s to %d s', (ttl, ttlSeconds) => {
    const { prefetch } = chooseActions(
      { ...none, prefetch: [{ k: 'item:a', ttl }] },
      DEFAULT_LIMITS,
    );
    expect(prefetch).toEqual([{ key: 'item:a', ttlSeconds }]);
  });

  it('passes over a lifetime that is no number', () => {
    const plan = { ...none, prefetch: [{ k: 'item:a', ttl: Number.NaN }] };
    const { prefetch, passedOver } = chooseActions(plan, DEFAULT_LIMITS);
    expect([prefetch, passedOver['bad-ttl']]).toEqual([[], 1]);
  });

  it('filters a million entries in a moment', () => {
    const evict = Array.from({ length: 1e6 }, (_, i) => `${i % 2 ? 'item' : 'other'}:${i}`);
    expect(chooseActions({ evict, prefetch: [] }, DEFAULT_LIMITS).evict).toHaveLength(5e5);
  });

  it('accounts for every entry', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('item:a', 'item:b', 'item:'),
      fc.string().map((s) => `item:${s}`),
    );
    const plans = fc.record({
      evict: fc.array(key),
      prefetch: fc.array(fc.record({ k: key, ttl: fc.double() })),
    });
    fc.assert(
      fc.property(plans, (plan) => {
        const { evict, prefetch, passedOver } = chooseActions(plan, DEFAULT_LIMITS);
        const sum = Object.values(passedOver).reduce((total, count) => total + count, 0);
        expect(evict.length + prefetch.length + sum).toBe(plan.evict.length + plan.prefetch.length);
      }),
    );
  });
});

describe('parseNamespace', () => {
  it('takes a beginning, with or without a star behind it', () => {
    expect([parseNamespace('item:*'), parseNamespace('kv/')]).toEqual(['item:', 'kv/']);
  });

  it.each(['', '*', 'it?m:', 'a*b', '[ab]', 'a\n', 'cache', 'cache-policy:outcomes', 'c*'])(
    'refuses %j',
    (text) => {
      expect(() => parseNamespace(text)).toThrow(
        expect.objectContaining({ code: 'executor.bad-namespace' }),
      );
    },
  );
});
