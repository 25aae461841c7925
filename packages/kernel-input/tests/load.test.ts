import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  loadCalibration,
  loadMeasurements,
  loadPairs,
  loadSweepPairs,
  readText,
} from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-kernel-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const coded = (code: string) => expect.toSatisfy((error) => isWavetuneError(error, code));

describe('readText', () => {
  it('gives the same text in every wrapping, whatever the name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        for (const wrap of [Buffer.from, gzipSync, zstdCompressSync]) {
          expect(await readText(write('text', wrap(Buffer.from(text))))).toBe(text);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('names a file that is not there', async () => {
    await expect(readText(join(folder, 'none'))).rejects.toThrow(
      coded('kernel-input.unreadable-file'),
    );
  });
});

describe('loadCalibration', () => {
  it('gives the shipped one where none is named', async () => {
    expect((await loadCalibration()).devices).toEqual(['H200']);
    await expect(loadCalibration(write('bad.json', '{}'))).rejects.toThrow(
      coded('kernels.bad-calibration'),
    );
  });
});

describe('loadPairs', () => {
  it('refuses a device that the table lacks', async () => {
    const header =
      'dev,dtype,M,hidden,topk,inter,experts,ep,dist,N,BMa,BNa,BKa,Ga,Wa,Sa,ms_a,BMb,BNb,BKb,Gb,Wb,Sb,ms_b';
    const row = 'gtx9,fp8,4,2048,8,768,128,1,balanced,768,16,32,64,1,4,3,1,16,64,128,1,4,4,1';
    await expect(loadPairs(write('pairs.csv', `${header}\n${row}`))).rejects.toThrow(
      coded('catalog.unknown-name'),
    );
  });
});

describe('loadMeasurements', () => {
  const timed = (stages: number, micros: number) =>
    JSON.stringify({
      device: 'H100',
      kind: 'dense',
      dtype: 'bf16',
      m: 64,
      n: 64,
      k: 64,
      policy: {
        BM: 64,
        BN: 128,
        BK: 128,
        swizzle_size: 32,
        stage_depth: stages,
        num_warps: 4,
        split_k: 1,
      },
      micros,
    });
  const sweep = write('sweep.jsonl', [timed(4, 9), timed(2, 8), timed(3, 7)].join('\n'));

  it("sets each configuration against the engine's default", async () => {
    expect(await loadMeasurements(sweep, 'H100')).toHaveLength(3);
    const { pairs, devices } = await loadSweepPairs(sweep, 'H100');
    expect(pairs.map(({ beforeMillis, after }) => [beforeMillis, after.stages])).toEqual([
      [expect.closeTo(0.009, 9), 2],
      [expect.closeTo(0.007, 9), 2],
    ]);
    expect(devices.H100.name).toBe('H100');
  });
});
