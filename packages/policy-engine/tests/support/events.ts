import fc from 'fast-check';
import type { CachedKey, Hits, ItemEvent } from '../../src/index.ts';

export function event(over: Partial<ItemEvent> = {}): ItemEvent {
  return {
    timeMillis: 1_700_000_000_000,
    user: 'u1',
    action: 'click',
    item: '1',
    category: 'shoes',
    isRequest: true,
    sizeBytes: 100,
    ...over,
  };
}

export function cachedKey(over: Partial<CachedKey> = {}): CachedKey {
  return { key: 'item:1', sizeBytes: 100, ttlLeftSeconds: 600, idleSeconds: 10, ...over };
}

export const hits: fc.Arbitrary<Hits> = fc.record({
  baseline: fc.boolean(),
  steered: fc.boolean(),
});

const someText = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('a', 'b'));

/** Events as a log may hold them: any text anywhere, times that go back. */
export const events: fc.Arbitrary<ItemEvent> = fc.record({
  timeMillis: fc.nat(10_000_000),
  user: someText,
  action: someText,
  item: fc.oneof(fc.nat(30).map(String), someText),
  category: someText,
  isRequest: fc.boolean(),
  sizeBytes: fc.nat(10_000),
});

export const cachedKeys: fc.Arbitrary<readonly CachedKey[]> = fc.uniqueArray(
  fc.record({
    key: fc.oneof(
      fc.nat(30).map((n) => `item:${n}`),
      someText,
    ),
    sizeBytes: fc.nat(10_000),
    ttlLeftSeconds: fc.nat(3600),
    idleSeconds: fc.nat(3600),
  }),
  { selector: ({ key }) => key, maxLength: 40 },
);
