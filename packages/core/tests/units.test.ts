import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, formatSize, isWavetuneError, parseSize } from '../src/index.ts';

describe('parseSize', () => {
  it('reads binary and decimal units', () => {
    expect(parseSize('40GiB')).toBe(40 * 2 ** 30);
    expect(parseSize('1.5 kb')).toBe(1500);
    expect(parseSize('7')).toBe(7);
    expect(parseSize('1 PiB')).toBe(2 ** 50);
  });

  it('inverts formatSize to three digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        expect(Math.abs(parseSize(formatSize(bytes)) - bytes)).toBeLessThanOrEqual(
          bytes * 0.005 + 1,
        );
      }),
    );
  });

  it('refuses what is no size', () => {
    for (const text of ['', '-1', 'GiB', '1 parsec', 'NaN', '9e99', '9999999 TiB']) {
      expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'core.bad-size' }));
    }
    expect(isWavetuneError(new Error('x'))).toBe(false);
  });
});

describe('formatCount', () => {
  it('groups digits as en-US does, of whole numbers and of others', () => {
    expect(formatCount(12_031)).toBe('12,031');
    const options = { maximumFractionDigits: 0 };
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.double()), (drawn) => {
        const count = drawn + 0; // without a sign on zero
        expect(formatCount(count)).toBe(count.toLocaleString('en-US', options));
      }),
    );
  });
});
