import { describe, expect, it } from 'vitest';
import { faultOfLogOptions, type RawLogOptions, sizeOption, traceOptionsOf } from '../src/index.ts';

const raw: RawLogOptions = {
  format: 'auto',
  key: undefined,
  size: undefined,
  timestamp: undefined,
  tenant: undefined,
  page: undefined,
  'prefix-mode': 'bytes',
  'prefix-len': 4,
  delimiter: '/',
  'block-size': undefined,
  tail: undefined,
  namespace: 'auto',
  'hash-seed': undefined,
  quarantine: undefined,
  'max-bad': 0.01,
  'engine-memory': '1GiB',
  threads: undefined,
};

describe('traceOptionsOf', () => {
  it('hands on what was said and nothing else', () => {
    expect(traceOptionsOf(raw)).toEqual({
      columns: {},
      prefixMode: 'bytes',
      prefixLength: 4,
      delimiter: '/',
    });
    const said = {
      ...raw,
      key: 'k',
      tail: 'drop',
      'block-size': 16,
      'prefix-mode': 'delimiter',
    } as const;
    expect(traceOptionsOf(said)).toMatchObject({
      columns: { key: 'k' },
      tail: 'drop',
      blockSize: 16,
      prefixMode: 'delimiter',
    });
  });
});

describe('faultOfLogOptions', () => {
  it('finds nothing wrong with the defaults', () => {
    expect(faultOfLogOptions(raw)).toBeUndefined();
  });

  it.each([
    [{ 'max-bad': 1.5 }, /--max-bad 1.5/],
    [{ 'prefix-len': 0 }, /--prefix-len 0/],
    [{ 'block-size': 2.5 }, /--block-size 2.5/],
    [{ threads: 0 }, /--threads 0/],
  ])('names the option in %j', (over, message) => {
    expect(faultOfLogOptions({ ...raw, ...over })).toMatch(message);
  });
});

describe('sizeOption', () => {
  it('refuses what is no size as wrong usage, naming the option', () => {
    expect(sizeOption('memory', '2KiB')).toBe(2048);
    expect(() => sizeOption('memory', 'much')).toThrow(
      expect.objectContaining({
        code: 'usage.bad-size',
        details: { option: 'memory', found: 'much' },
      }),
    );
  });
});
