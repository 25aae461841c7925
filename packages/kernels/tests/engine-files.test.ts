import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  denseFileName,
  type EngineName,
  engineFileBody,
  moeFileName,
  sglangFolder,
} from '../src/index.ts';
import { sharedText } from './fixtures.ts';

describe("engines' file names", () => {
  it('reproduce every published name from its fields', (context) => {
    const text = sharedText('tuned_configs.csv.gz');
    if (text === undefined) return context.skip();
    const [header, ...lines] = text.trim().split(/\r?\n/);
    const names = header.split(',');
    const files = new Map<string, Record<string, string>>();
    for (const line of lines) {
      const fields = (line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? []).map((field) =>
        field.replace(/,$/, '').replace(/^"|"$/g, ''),
      );
      const record = Object.fromEntries(names.map((name, i) => [name, fields[i]]));
      files.set(record.path, record);
    }
    for (const [path, file] of files) {
      const engine: EngineName = file.src === 'sglang' ? 'sglang' : 'vllm';
      const [a, b] = file.block_shape.split('x').map(Number);
      const blockShape = file.block_shape === '' ? null : ([a, b] as const);
      const name =
        file.kind === 'gemm'
          ? denseFileName({
              engine,
              n: Number(file.N),
              k: Number(file.K),
              device: file.device,
              dtype: file.dtype,
              blockShape: [a, b],
            })
          : moeFileName({
              engine,
              experts: Number(file.E),
              n: Number(file.N),
              device: file.device,
              dtype: file.dtype === 'bf16/fp16' ? null : file.dtype,
              blockShape,
              perChannel: file.per_channel === 'True',
              down: file.kind === 'moe_down',
            });
      const folder = path.split('/').at(-2)!;
      expect(path.endsWith(`/${name}`), path).toBe(true);
      if (folder.startsWith('triton_')) expect(folder).toBe(sglangFolder(file.triton));
    }
    expect(files.size).toBe(1057);
  });
});

describe('engineFileBody', () => {
  const policy = { blockM: 16, blockN: 64, blockK: 128, groupM: 1, stages: 4, warps: 4, splitK: 1 };

  it('has integer keys, ascending, and the names that launchers read', () => {
    const body = engineFileBody(
      new Map([
        [64, policy],
        [8, policy],
      ]),
    );
    expect(Object.keys(body)).toEqual(['8', '64']);
    expect(body['8']).toEqual({
      BLOCK_SIZE_M: 16,
      BLOCK_SIZE_N: 64,
      BLOCK_SIZE_K: 128,
      GROUP_SIZE_M: 1,
      num_warps: 4,
      num_stages: 4,
    });
  });

  it('refuses an M of 0', () => {
    expect(() => engineFileBody(new Map([[0, policy]]))).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'kernels.bad-problem')),
    );
  });
});
