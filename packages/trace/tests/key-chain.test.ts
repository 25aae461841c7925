import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOfKey } from '../src/key-chain.ts';

describe('chainOfKey', () => {
  it('cuts the leading bytes off, and nothing off a short key', () => {
    const chain = chainOfKey({ prefixLength: 4 });
    expect(chain('userA')).toEqual(['user', 'userA']);
    expect(chain('user')).toEqual(['user']);
    expect(chain('')).toEqual(['']);
  });

  it('never cuts inside a character', () => {
    expect(chainOfKey({ prefixLength: 4 })('añ€z')).toEqual(['añ', 'añ€z']);
    expect(chainOfKey({ prefixLength: 3 })('😀x')).toEqual(['😀x']);
  });

  it('splits a path at its separator, leading and trailing ones aside', () => {
    const chain = chainOfKey({ prefixMode: 'delimiter', delimiter: '::' });
    expect(chain('a::b::c')).toEqual(['a', 'a::b', 'a::b::c']);
    expect(chain('::a::')).toEqual(['::a::']);
    expect(chain('::a::b')).toEqual(['::a', '::a::b']);
    expect(chain('a')).toEqual(['a']);
  });

  it('gives prefixes of the key, each longer than the one before, the key last', () => {
    const options = fc.oneof(
      fc.record({ prefixLength: fc.integer({ min: 1, max: 9 }) }),
      fc.record({
        prefixMode: fc.constant('delimiter' as const),
        delimiter: fc.constantFrom('/', '//', 'a'),
      }),
    );
    fc.assert(
      fc.property(
        options,
        fc.string({ unit: fc.constantFrom('/', 'a', 'é', '😀') }),
        (option, key) => {
          const chain = chainOfKey(option)(key);
          expect(chain.at(-1)).toBe(key);
          chain.forEach((item, i) => {
            expect(key.startsWith(item)).toBe(true);
            if (i > 0) expect(item.length).toBeGreaterThan(chain[i - 1].length);
          });
        },
      ),
    );
  });

  it('refuses an empty delimiter and a prefix of no bytes', () => {
    expect(() => chainOfKey({ prefixMode: 'delimiter', delimiter: '' })).toThrow(
      'trace.bad-option',
    );
    expect(() => chainOfKey({ prefixLength: 0 })).toThrow('trace.bad-option');
  });
});
