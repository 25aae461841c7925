import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CachePlan, decodeCachePlan, encodeCachePlan } from '../src/index.ts';

const plan: CachePlan = {
  schema: 'cache-plan/1',
  id: 'frequency-3-9f2c',
  window: 3,
  created: 1_700_000_000_000,
  expires: 1_700_000_300_000,
  evict: ['item:7'],
  prefetch: [{ k: 'item:42', ttl: 1800 }],
};

const text = (document: CachePlan): string => [...encodeCachePlan(document)].join('');

const plans: fc.Arbitrary<CachePlan> = fc.record({
  schema: fc.constant('cache-plan/1' as const),
  id: fc.string({ minLength: 1, maxLength: 40 }),
  window: fc.nat(),
  created: fc.nat(),
  expires: fc.nat(),
  evict: fc.array(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 5 }),
  prefetch: fc.array(
    fc.record(
      {
        k: fc.string({ minLength: 1 }),
        v: fc.option(fc.string()),
        ttl: fc.double({ noNaN: true, noDefaultInfinity: true }).map((ttl) => ttl + 0),
      },
      { requiredKeys: ['k', 'ttl'] },
    ),
    { maxLength: 5 },
  ),
});

describe('cache-plan/1', () => {
  it('comes back as it was, and equal documents are equal bytes', () => {
    fc.assert(
      fc.property(plans, (any) => {
        expect(decodeCachePlan(text(any))).toEqual(any);
        expect(text(decodeCachePlan(text(any)))).toBe(text(any));
      }),
    );
  });

  it('meets its JSON Schema, which knows no other key', () => {
    const file = new URL('../schemas/cache-plan.schema.json', import.meta.url);
    const validate = new Ajv2020().compile(JSON.parse(readFileSync(file, 'utf8')));
    expect(validate(JSON.parse(text(plan)))).toBe(true);
    expect(validate({ ...plan, note: 1 })).toBe(false);
  });

  it.each<[string, object]>([
    ['$.evict[0]', { evict: [''] }],
    ['$.evict', { evict: Array.from({ length: 1001 }, (_, i) => `item:${i}`) }],
    ['$.prefetch[0].ttl', { prefetch: [{ k: 'item:1', ttl: '60' }] }],
    ['$.window', { window: -1 }],
  ])('says where it is wrong: %s', (path, change) => {
    expect(() => text({ ...plan, ...change })).toThrow(
      `documents.invalid: this is no cache-plan/1 document: ${path}`,
    );
  });
});
