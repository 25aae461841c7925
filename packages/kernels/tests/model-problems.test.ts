import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { type ModelShape, modelProblems, withRows } from '../src/index.ts';

const modelOf = (name: string): ModelShape =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../../../assets/models/${name}.json`), 'utf8'),
  );
const options = {
  tp: 8,
  ep: 1,
  dtype: 'bf16',
  routing: { kind: 'balanced' },
  l2: 'cold',
} as const;
const shapes = (name: string, over: Partial<typeof options> | object = {}) =>
  modelProblems(modelOf(name), { ...options, ...over }).map(({ layer, count, problem }) =>
    problem.kind === 'dense'
      ? [layer, count, problem.n, problem.k]
      : [layer, count, problem.width, problem.hidden],
  );

describe('modelProblems', () => {
  it('splits heads, widths and the vocabulary over the ranks', () => {
    expect(shapes('llama-3.1-70b')).toEqual([
      ['qkv', 80, (8 + 2) * 128, 8192],
      ['o', 80, 8192, 8 * 128],
      ['gate_up', 80, 7168, 8192],
      ['down', 80, 8192, 3584],
      ['lm_head', 1, 16064, 8192],
    ]);
  });

  it('keeps the latent projections whole and the heads split with latent attention', () => {
    expect(shapes('deepseek-v3', { ep: 8 })).toEqual([
      ['q_a_kv_a', 61, 1536 + 512 + 64, 7168],
      ['q_b', 61, 16 * 192, 1536],
      ['kv_b', 61, 16 * 256, 512],
      ['o', 61, 7168, 16 * 128],
      ['gate_up', 3, 2 * 2304, 7168],
      ['down', 3, 7168, 2304],
      ['shared_gate_up', 58, 512, 7168],
      ['shared_down', 58, 7168, 256],
      ['moe', 58, 2048, 7168],
      ['lm_head', 1, 16192, 7168],
    ]);
  });

  it('splits the experts’ width by the ranks that do not split the experts', () => {
    expect(shapes('mixtral-8x7b', { ep: 2 }).find(([layer]) => layer === 'moe')).toEqual([
      'moe',
      32,
      14336 / 4,
      4096,
    ]);
  });

  it('refuses a tp that does not divide the heads', () => {
    expect(() => shapes('llama-3.1-8b', { tp: 6 })).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'kernels.indivisible')),
    );
  });

  it('gives problems with rows', () => {
    const [qkv] = modelProblems(modelOf('qwen3-8b'), { ...options, tp: 1 });
    expect(withRows(qkv, 7)).toMatchObject({ kind: 'dense', m: 7, k: 4096 });
  });
});
