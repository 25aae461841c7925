import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFailure, encodeFailure, isWavetuneError, WavetuneError } from '../src/index.ts';

const across = (failure: unknown): Error => decodeFailure(structuredClone(encodeFailure(failure)));

describe('a failure that crosses to another thread', () => {
  it('keeps code, details, message and stack', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (message, details) => {
        const failure = new WavetuneError('some.code', details, message);
        const came = across(failure);
        expect(isWavetuneError(came, 'some.code')).toBe(true);
        expect(came).toMatchObject({ message: failure.message, stack: failure.stack });
        expect((came as WavetuneError).details).toEqual(structuredClone(details));
      }),
    );
  });

  it('stays without a code where it had none, also where what was thrown is no error', () => {
    expect(across(new RangeError('too far'))).toMatchObject({
      name: 'RangeError',
      message: 'too far',
    });
    expect(across('a text').message).toBe('a text');
    expect(isWavetuneError(across(new RangeError('too far')))).toBe(false);
  });
});
