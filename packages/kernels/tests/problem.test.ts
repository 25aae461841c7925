import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { checkProblem, type MoeProblem, parseDtype } from '../src/index.ts';

const moe: MoeProblem = {
  kind: 'moe',
  dtype: 'bf16',
  m: 16,
  hidden: 4096,
  width: 512,
  experts: 128,
  ep: 8,
  topK: 8,
  routing: { kind: 'balanced' },
  l2: 'cold',
};
const coded = (code: string) => expect.toSatisfy((error) => isWavetuneError(error, code));

describe('checkProblem', () => {
  it('lets sound problems through and names the field of the others', () => {
    expect(checkProblem(moe)).toBe(moe);
    expect(() => checkProblem({ ...moe, m: 0 })).toThrow(/m is 0/);
    expect(() => checkProblem({ ...moe, topK: 129 })).toThrow(coded('kernels.bad-problem'));
    expect(() => checkProblem({ ...moe, ep: 3 })).toThrow(coded('kernels.indivisible'));
  });
});

describe('parseDtype', () => {
  it('lists what is known', () => {
    expect(parseDtype('fp8_w8a8')).toBe('fp8_w8a8');
    expect(() => parseDtype('fp4')).toThrow(coded('kernels.unknown-dtype'));
  });
});
