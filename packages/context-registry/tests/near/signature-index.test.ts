import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSignatureIndex } from '../../src/near/signature-index.ts';
import { hammingBits, type Signature } from '../../src/near/simhash.ts';

/** Signatures that crowd together, so that distances of 0 to 16 are common. */
const word = fc.array(fc.nat(31), { maxLength: 4 }).map((bits) => {
  let value = 0;
  for (const bit of bits) value |= 1 << bit;
  return value >>> 0;
});
const signature = fc.record({ low: word, high: word });
const operation = fc.record({ id: fc.nat(40), signature });

function within(
  all: ReadonlyMap<number, Signature>,
  query: Signature,
  distanceBits: number,
): readonly number[] {
  return [...all]
    .filter(([, one]) => hammingBits(one, query) <= distanceBits)
    .map(([id]) => id)
    .sort((a, b) => a - b);
}

describe('createSignatureIndex', () => {
  it('finds what a full scan finds, each once, whatever was added and removed before', () => {
    const distance = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        signature,
        distance,
        (all, query, bits) => {
          const index = createSignatureIndex();
          const model = new Map<number, Signature>();
          for (const one of all) {
            if (model.delete(one.id)) index.remove(one.id);
            else {
              index.add(one.id, one.signature);
              model.set(one.id, one.signature);
            }
          }
          const out = new Uint32Array(64);
          const count = index.search(query, bits, out);
          const found = [...out.subarray(0, count)].sort((a, b) => a - b);
          expect(found).toEqual(within(model, query, bits));
          expect(index.size).toBe(model.size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('looks at 188 buckets: under 2 % of 20,000 signatures, and misses none within 8 bits', () => {
    const rng = createRng(11);
    const index = createSignatureIndex();
    const model = new Map<number, Signature>();
    for (let id = 0; id < 20_000; id++) {
      const one = { low: rng.nextUint32(), high: rng.nextUint32() };
      model.set(id, one);
      index.add(id, one);
    }
    const out = new Uint32Array(64);
    for (let q = 0; q < 40; q++) {
      const query = { ...(model.get(rng.nextBelow(20_000)) as Signature) };
      for (let flips = rng.nextBelow(9); flips > 0; flips--) query.low ^= 1 << rng.nextBelow(32);
      query.low >>>= 0;
      const count = index.search(query, 8, out);
      expect([...out.subarray(0, count)].sort((a, b) => a - b)).toEqual(within(model, query, 8));
      expect(index.inspected).toBeLessThan(0.02 * 20_000);
    }
  });

  it('says how many there are where the output is too short', () => {
    const index = createSignatureIndex();
    for (let id = 0; id < 5; id++) index.add(id, { low: 1, high: 2 });
    expect(index.search({ low: 1, high: 2 }, 0, new Uint32Array(2))).toBe(5);
  });
});
