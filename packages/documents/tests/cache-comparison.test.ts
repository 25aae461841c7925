import { describe, expect, it } from 'vitest';
import {
  type CacheComparison,
  decodeCacheComparison,
  encodeCacheComparison,
} from '../src/index.ts';
import { comparison } from './sample-comparison.ts';

const changed = (change: (copy: CacheComparison) => void) => {
  const copy = structuredClone(comparison);
  change(copy);
  return () => encodeCacheComparison(copy);
};

describe('cache-comparison/1', () => {
  it('reads back what was written', () => {
    expect(decodeCacheComparison([...encodeCacheComparison(comparison)].join(''))).toEqual(
      comparison,
    );
  });

  it('refuses windows that lose requests, and a planner that did not earn its verdict', () => {
    const invalid = expect.objectContaining({ code: 'documents.invalid' });
    const [run] = comparison.runs;
    expect(changed((copy) => Object.assign(copy.runs[0], { windows: [] }))).toThrow(
      /hold 0 requests/,
    );
    expect(changed((copy) => Object.assign(copy.runs[0], { verdict: 'same' }))).toThrow(invalid);
    expect(changed((copy) => Object.assign(copy.runs[0], { isBound: true }))).toThrow(invalid);
    expect(changed((copy) => Object.assign(copy, { runs: [{ ...run, planner: 'x' }] }))).toThrow(
      invalid,
    );
    const kept = { decision: 'keep the TTL rule', planner: null, reason: 'no gain' };
    expect(changed((copy) => Object.assign(copy, { verdict: kept }))).not.toThrow();
  });
});
