import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger } from '../../src/caches/ledger.ts';
import { TTL_RULE, ttlSecondsOf } from '../../src/caches/ttl-rule.ts';
import { TextbookCache } from '../support/textbook-cache.ts';

describe('ttlSecondsOf', () => {
  it.each([
    [0, 1800],
    [0.4999, 1800],
    [0.5, 900],
    [0.8, 900],
    [0.8001, 300],
    [1, 300],
  ])('gives a cache that is %d full %d seconds', (pressure, seconds) => {
    expect(ttlSecondsOf(TTL_RULE, pressure)).toBe(seconds);
  });
});

describe('createLedger', () => {
  it('expires first what ends first, and makes room likewise', () => {
    const ledger = createLedger({ limitBytes: 100, overheadBytes: 0, eviction: 'ttl' });
    ledger.advance(0);
    ledger.store({ key: 'late', sizeBytes: 36, ttlSeconds: 20 });
    ledger.store({ key: 'soon', sizeBytes: 36, ttlSeconds: 10 });
    expect(ledger.pressure()).toBe(0.8);
    expect(ledger.store({ key: 'k', sizeBytes: 40, ttlSeconds: 5 })).toEqual(['soon']);
    expect(ledger.store({ key: 'huge', sizeBytes: 97, ttlSeconds: 5 })).toBeUndefined();
    expect(ledger.advance(5000)).toEqual([]);
    expect(ledger.advance(20_001)).toEqual(['k', 'late']);
    expect(ledger.usedBytes()).toBe(0);
  });

  const step = fc.oneof(
    fc.record({ kind: fc.constant('use' as const), key: fc.nat(9) }),
    fc.record({ kind: fc.constant('remove' as const), key: fc.nat(9) }),
    fc.record({ kind: fc.constant('wait' as const), millis: fc.nat(60_000) }),
    fc.record({
      kind: fc.constant('store' as const),
      key: fc.nat(9),
      sizeBytes: fc.nat(600),
      ttlSeconds: fc.integer({ min: 1, max: 90 }),
    }),
  );

  it.each(['ttl', 'lru'] as const)(
    'holds what the textbook holds, whatever is done (%s)',
    (eviction) => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 120 }),
          fc.integer({ min: 300, max: 3000 }),
          (steps, limitBytes) => {
            const ledger = createLedger({ limitBytes, overheadBytes: 128, eviction });
            const model = new TextbookCache(limitBytes, eviction);
            let timeMillis = 0;
            ledger.advance(0);
            for (const one of steps) {
              if (one.kind === 'wait') timeMillis += one.millis;
              ledger.advance(timeMillis);
              if (one.kind === 'use') {
                expect(ledger.use(`item:${one.key}`)).toBe(model.use(String(one.key), timeMillis));
              } else if (one.kind === 'remove') {
                ledger.remove(`item:${one.key}`);
                model.evict(String(one.key));
              } else if (one.kind === 'store') {
                const { sizeBytes, ttlSeconds } = one;
                ledger.store({ key: `item:${one.key}`, sizeBytes, ttlSeconds });
                model.store({ timeMillis, item: String(one.key), sizeBytes }, ttlSeconds);
              }
              model.expire(timeMillis);
              expect(Array.from(ledger.entries(), ({ key }) => key)).toEqual(
                model.held.map(({ item }) => `item:${item}`),
              );
              expect(ledger.usedBytes()).toBe(model.usedBytes());
            }
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
