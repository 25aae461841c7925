import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCell,
  formatDuration,
  formatPoints,
  formatRatio,
  formatRough,
} from '../src/quantities.ts';

describe('formatCell', () => {
  it('writes a quantity with its unit, and a dash for nothing', () => {
    expect(formatCell('ratio', 0.2393)).toBe('23.93 %');
    expect(formatCell('points', -0.0511)).toBe('−5.11 points');
    expect(formatCell('gain', 0.444)).toBe('+44.4 %');
    expect(formatCell('bytes', 40 * 2 ** 30)).toBe('40 GiB');
    expect(formatCell('micros', 92.5)).toBe('92.5 µs');
    expect(formatCell('count', 12031)).toBe('12,031');
    expect(formatCell('seconds', null)).toBe('–');
    expect(formatRatio(undefined)).toBe('–');
  });
});

describe('formatDuration', () => {
  it('has a unit that fits', () => {
    const written = [0, 2e-6, 0.25, 12.5, 639, 5400, 200_000, -90].map(formatDuration);
    expect(written).toEqual([
      '0 s',
      '2 µs',
      '250 ms',
      '12.5 s',
      '10 min 39 s',
      '1 h 30 min',
      '2 d 8 h',
      '−1 min 30 s',
    ]);
  });

  it('never says 60 of a smaller unit', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ min: 0, max: 1e8, noNaN: true }),
          fc.double({ min: 59, max: 61, noNaN: true }),
        ),
        (seconds) => {
          expect(formatDuration(seconds)).not.toMatch(/\b60 (s|min)$|\b24 h$/);
        },
      ),
    );
  });
});

describe('formatPoints, formatRough', () => {
  it('sign a difference, and nothing where there is none', () => {
    expect([formatPoints(0.031), formatPoints(0)]).toEqual(['+3.10 points', '0.00 points']);
    expect([9_999, 12_031, 16_249_856].map(formatRough)).toEqual(['9,999', '12 k', '16.2 M']);
  });
});
