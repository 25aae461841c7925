import { WavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { exitStatusOf, failureText } from '../src/index.ts';

const coded = (code: string) => new WavetuneError(code, {}, 'why');

describe('exitStatusOf', () => {
  it.each([
    ['trace.not-json', 1],
    ['usage.bad-arguments', 2],
    ['pool.worker-failed', 3],
    ['cli.interrupted', 130],
  ])('%s ends in %d', (code, status) => {
    expect(exitStatusOf(coded(code))).toBe(status);
  });

  it('takes whatever has no code for a fault of ours', () => {
    for (const fault of [new TypeError('x'), 'text', undefined]) {
      expect(exitStatusOf(fault)).toBe(3);
    }
  });
});

describe('failureText', () => {
  it('is one line, and with debug the stack and the causes', () => {
    expect(failureText('weigh', coded('a.b'), false)).toBe('weigh: a.b: why');
    const hostile = failureText('weigh', new TypeError('a\n\x1b[2J'), false);
    expect(hostile).toMatch(/internal error: a\\n\\u001b\[2J/);
    expect(failureText('weigh', new TypeError('x'), false)).toMatch(
      /^weigh: internal error: x \(.*--debug.*\)$/,
    );
    const caused = new Error('outer', { cause: new Error('inner') });
    expect(failureText('weigh', caused, true)).toMatch(
      /outer[\s\S]+\n\s+at [\s\S]+caused by weigh: Error: inner/,
    );
  });
});
