import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitCount, createSimHash, hammingBits, type Signature } from '../../src/near/simhash.ts';

const BLOCK = 16;
const token = fc.nat(151_668);
const block = fc.array(token, { minLength: BLOCK, maxLength: BLOCK });

function sign(tokens: readonly number[], simHash = createSimHash(tokens.length)): Signature {
  const out = { low: 0, high: 0 };
  simHash(Uint32Array.from(tokens), 0, out);
  return out;
}

describe('createSimHash', () => {
  it('depends on the tokens of the block alone', () => {
    fc.assert(
      fc.property(block, fc.array(token), (tokens, before) => {
        const out = { low: 0, high: 0 };
        createSimHash(BLOCK)(Uint32Array.from([...before, ...tokens, 7]), before.length, out);
        expect(out).toEqual(sign(tokens));
      }),
    );
  });

  it('is the majority of the hashes of its shingles: one token alone is its own hash', () => {
    const alone = [5, 9, 100_000].map((one) => sign([one]));
    expect(new Set(alone.map(({ low }) => low)).size).toBe(3);
    expect(new Set(alone.map(({ high }) => high)).size).toBe(3);
  });

  it('has 64 bits that are fair and pairwise independent', () => {
    const rng = createRng(7);
    const simHash = createSimHash(BLOCK);
    const samples = 4_000;
    const bits = Array.from({ length: 64 }, () => new Int8Array(samples));
    for (let s = 0; s < samples; s++) {
      const { low, high } = sign(
        Array.from({ length: BLOCK }, () => rng.nextBelow(150_000)),
        simHash,
      );
      for (let i = 0; i < 32; i++) {
        bits[i][s] = (low >>> i) & 1 ? 1 : -1;
        bits[32 + i][s] = (high >>> i) & 1 ? 1 : -1;
      }
    }
    // Six standard errors of a fair coin: 2,080 correlations and means stay within them.
    const bound = 6 / Math.sqrt(samples);
    for (let i = 0; i < 64; i++) {
      expect(Math.abs(bits[i].reduce((a, b) => a + b, 0) / samples)).toBeLessThan(bound);
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let s = 0; s < samples; s++) sum += bits[i][s] * bits[j][s];
        expect(Math.abs(sum / samples)).toBeLessThan(bound);
      }
    }
  });

  it('is sensitive to order: a shuffled block is far from its like, one changed token is near', () => {
    const rng = createRng(3);
    const simHash = createSimHash(BLOCK);
    let shuffledBits = 0;
    let changedBits = 0;
    for (let s = 0; s < 500; s++) {
      const tokens = Array.from({ length: BLOCK }, () => rng.nextBelow(150_000));
      const changed = tokens.with(rng.nextBelow(BLOCK), rng.nextBelow(150_000));
      const shuffled = tokens.toSorted((a, b) => ((a * 7919) % 101) - ((b * 7919) % 101));
      shuffledBits += hammingBits(sign(tokens, simHash), sign(shuffled, simHash)) / 500;
      changedBits += hammingBits(sign(tokens, simHash), sign(changed, simHash)) / 500;
    }
    expect(changedBits).toBeLessThan(10);
    expect(shuffledBits).toBeGreaterThan(16);
  });
});

describe('bitCount', () => {
  it('counts as text does', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        const text = (word >>> 0).toString(2);
        expect(bitCount(word)).toBe([...text].filter((digit) => digit === '1').length);
      }),
    );
  });
});
