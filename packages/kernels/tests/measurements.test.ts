import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { parseAutotuneLog, parseSweep, toPolicyFields } from '../src/index.ts';

const policy = { blockM: 64, blockN: 128, blockK: 64, groupM: 8, stages: 3, warps: 4, splitK: 1 };
const line = (over: object = {}) =>
  JSON.stringify({
    device: 'H200',
    kind: 'dense',
    dtype: 'bf16',
    m: 512,
    n: 4096,
    k: 4096,
    policy: toPolicyFields(policy),
    micros: 51.2,
    ...over,
  });
const coded = expect.toSatisfy((error) => isWavetuneError(error, 'kernels.bad-measurement'));

describe('parseSweep', () => {
  it('reads a timed kernel a line', () => {
    const [measured] = parseSweep(`${line()}\n\n`, 'H200');
    expect(measured).toMatchObject({ policy, problem: { kind: 'dense', m: 512 } });
    expect(measured.seconds).toBeCloseTo(51.2e-6, 15);
  });

  it('refuses another device, a time that is no number, and what is no object', () => {
    expect(() => parseSweep(line({ device: 'A100' }), 'H200')).toThrow(coded);
    expect(() => parseSweep(line({ micros: null }), 'H200')).toThrow(coded);
    expect(() => parseSweep('[]', 'H200')).toThrow(coded);
    expect(() => parseSweep('{', 'H200')).toThrow(/line 1/);
  });
});

describe('parseAutotuneLog', () => {
  it('reads tiles and leaves library kernels out', () => {
    const log = [
      'AUTOTUNE mm(512x4096, 4096x14336)',
      '  mm 0.0502 ms 100.0%',
      "  triton_mm_7 0.0520 ms 96.5% ACC_TYPE='tl.float32', BLOCK_K=64, BLOCK_M=64, BLOCK_N=128, GROUP_M=8, num_stages=3, num_warps=4",
    ].join('\n');
    const [measured, ...rest] = parseAutotuneLog(log, 'H100');
    expect(rest).toEqual([]);
    expect(measured.policy).toEqual(policy);
    expect(measured.problem).toMatchObject({ m: 512, k: 4096, n: 14336 });
    expect(measured.seconds).toBeCloseTo(52e-6, 12);
  });

  it('refuses a time that is no number', () => {
    const log = 'AUTOTUNE mm(1x16, 16x16)\n triton_mm_0 nan ms BLOCK_M=16';
    expect(() => parseAutotuneLog(log, 'H100')).toThrow(coded);
  });
});
