import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeCalibration } from '@wavetune/kernels';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wavetune-calibrate-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER =
  'dev,dtype,M,hidden,inter,topk,experts,tp,ep,dist,E,N,va,src_a,BMa,BNa,BKa,Ga,Wa,Sa,ms_a,vb,src_b,BMb,BNb,BKb,Gb,Wb,Sb,ms_b';
const row = (device: string, m: number, hidden: number, before: number) =>
  `${device},bfloat16,${m},${hidden},2048,8,256,2,1,balanced,256,1024,o,default,64,64,32,8,4,3,${before},n,default,64,128,64,1,8,3,1`;
const pairs = join(folder, 'pairs.csv');
const rows = [16, 64, 256, 1024, 4096].flatMap((m) => [
  row('h200', m, 7168, 1.4),
  row('H100', m, 6144, 1.2),
]);
writeFileSync(pairs, `${[HEADER, ...rows].join('\r\n')}\r\n`);

function run(...words: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('calibrate-kernels', () => {
  it('judges the shipped calibration on any device of the table, by either of its names', async () => {
    const { stdout, stderr, status } = await run('--evaluate', '--pairs', pairs, '--json');
    expect([stderr, status]).toEqual(['', 0]);
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ n: 10, defaultRegret: 0 });
    expect(verdict.oldDefaultRegret).toBeCloseTo(Math.sqrt(1.4 * 1.2) - 1, 6);
    expect(Object.keys(verdict.byDevice)).toEqual(['H100', 'h200']);
    expect(Object.keys(verdict)).toEqual(
      expect.arrayContaining(['regret', 'harmShare', 'deviates']),
    );
  });

  it('fits, leaves each model out, and writes a calibration that it can judge', async () => {
    const out = join(folder, 'fitted.json');
    const fit = await run(
      ...['--pairs', pairs, '--evaluations', '60', '--stride', '1', '--threads', '2'],
      ...['--out', out, '--source', 'made up', '--date', '2026-01-01'],
    );
    expect(fit.status).toBe(0);
    expect(fit.stdout).toMatch(/without 7168x2048x256/);
    expect(decodeCalibration(readFileSync(out, 'utf8'))).toMatchObject({
      source: 'made up',
      devices: ['H100', 'h200'],
      fit: { rows: 10 },
    });
    expect((await run('--evaluate', '--pairs', pairs, '--calibration', out)).status).toBe(0);
  });

  it.each([
    [['--evaluate'], 2, /--pairs or --sweep/],
    [['--evaluate', '--pairs', join(folder, 'none.csv')], 1, /kernel-input.unreadable-file/],
    [['--pairs', pairs, '--out', join(folder, 'x.json')], 2, /--source and --date/],
  ])('refuses %j', async (words, status, message) => {
    const outcome = await run(...words);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(message);
  });

  it('refuses a device that the table lacks, and a time that is no number', async () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, `${HEADER}\n${row('h2000', 16, 7168, 1)}\n`);
    expect((await run('--evaluate', '--pairs', bad)).stderr).toMatch(/catalog.unknown-name/);
    writeFileSync(bad, `${HEADER}\n${row('h200', 16, 7168, Number.NaN)}\n`);
    expect((await run('--evaluate', '--pairs', bad)).stderr).toMatch(/kernels.bad-pairs: line 2/);
  });
});
