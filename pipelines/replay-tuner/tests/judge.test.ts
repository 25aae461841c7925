import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../src/judge.ts';

/** Requests of one block of 100 tokens each. */
function columnsOf(requests: number): TraceColumns {
  return {
    blockSize: 100,
    offsets: sharedUint32(requests + 1).map((_, r) => r),
    blocks: sharedUint32(requests),
    inputTokens: sharedUint32(requests).fill(100),
    coveredTokens: sharedUint32(requests).fill(100),
    outputTokens: sharedUint32(requests),
    timeMillis: sharedFloat64(requests),
    tenants: sharedUint32(requests),
    sessions: sharedUint32(requests).fill(NONE),
    parents: sharedUint32(1).fill(NONE),
  };
}

const verdictOf = (theirs: readonly number[], ours: readonly number[], begin = 0) => {
  const columns = columnsOf(theirs.length);
  return judge(
    { label: 'lru', tokens: Float64Array.from(theirs) },
    { label: 'arc', tokens: Float64Array.from(ours) },
    { columns, measured: { begin, end: theirs.length }, prefill: undefined, seed: 1 },
  );
};

describe('judge', () => {
  it('uses what gains on every request, and counts the measured ones only', () => {
    const found = verdictOf([100, 0, 0, 0], [0, 50, 50, 50], 1);
    expect(found).toMatchObject({ verdict: 'use', theirs: { hitTokens: 0, hitRatio: 0 } });
    expect(found.ours).toMatchObject({ hitTokens: 150, hitRatio: 0.5 });
    expect(found.gain).toMatchObject({ difference: 0.5, standardError: 0 });
    expect(found.reason).toBe(
      'arc against lru: +150 hit tokens, +50.00 points of the prompt tokens with a standard error of 0.00, on the last 3 requests',
    );
  });

  it('keeps the default over a window without prompt tokens, where there is no ratio', () => {
    const columns = { ...columnsOf(4), inputTokens: Uint32Array.of(100, 100, 0, 0) };
    const side = { label: 'lru', tokens: Float64Array.of(0, 100, 0, 0) };
    const measured = { begin: 2, end: 4 };
    const found = judge(side, side, { columns, measured, prefill: undefined, seed: 1 });
    expect(found).toMatchObject({ verdict: 'keep default', ours: { hitTokens: 0 } });
    expect(found.ours.hitRatio).toBeUndefined();
    expect(found.gain).toBeUndefined();
    expect(found.reason).toMatch(/no prompt tokens/);
  });

  it('keeps the default where one lucky request makes the gain', () => {
    const theirs = Array.from({ length: 60 }, () => 50);
    const ours = theirs.map((tokens, r) => (r === 0 ? 100 : tokens - (r % 2)));
    const found = verdictOf(theirs, ours);
    expect(found.ours.hitTokens).toBeGreaterThan(found.theirs.hitTokens);
    expect(found.verdict).toBe('keep default');
  });

  it('never uses what hits no more, and is its own mirror image', () => {
    const tokens = fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(tokens, (pairs) => {
        const [a, b] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
        const [forth, back] = [verdictOf(a, b), verdictOf(b, a)];
        expect(forth.gain?.difference).toBeCloseTo(-(back.gain?.difference ?? 0), 12);
        expect(forth.gain?.standardError).toBeCloseTo(back.gain?.standardError ?? -1, 12);
        if (forth.ours.hitTokens <= forth.theirs.hitTokens)
          expect(forth.verdict).toBe('keep default');
        expect([forth.verdict, back.verdict]).toContain('keep default');
      }),
      { numRuns: 30 },
    );
  });

  it('does not judge by a single request', () => {
    expect(verdictOf([0], [100])).toMatchObject({ verdict: 'keep default', gain: undefined });
  });
});
