import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wavetune-tune-kernel-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(line: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...line.split(' ')], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const DENSE = '--device A100 --m 16,512 --n 4096 --k 14336';

describe('tune-kernel', () => {
  it('ranks tiles for each M and sets the default beside them', async () => {
    const { stdout, status } = await run(`${DENSE} --json --top 3`);
    expect(status).toBe(0);
    const { device, problems } = JSON.parse(stdout);
    expect(device).toBe('A100');
    expect(problems).toHaveLength(2);
    for (const { ranking, baseline, verdict, gain } of problems) {
      expect(ranking).toHaveLength(3);
      expect(baseline.name).toBe('vllm');
      expect(verdict === 'use').toBe(gain >= 0.1);
    }
  });

  it('explains a cost by its terms', async () => {
    const { stdout } = await run(`${DENSE} --explain`);
    expect(stdout).toMatch(/hbm ns/);
    expect(stdout).toMatch(/candidate 1/);
  });

  it('writes a sweep whose timings it believes afterwards', async () => {
    const sweep = join(folder, 'sweep.jsonl');
    const problem = '--device H100 --m 64 --n 4096 --k 4096 --l2 warm';
    expect((await run(`${problem} --top 4 --emit-sweep ${sweep}`)).status).toBe(0);
    const lines = readFileSync(sweep, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(4);
    const timed = lines.map((line, i) =>
      JSON.stringify({ ...JSON.parse(line), micros: i === 2 ? 5 : 20 }),
    );
    writeFileSync(sweep, timed.join('\n'));
    const { stdout } = await run(`${problem} --measured ${sweep} --json`);
    const [answer] = JSON.parse(stdout).problems;
    expect(answer).toMatchObject({ source: 'measured', verdict: 'use', micros: 5, gain: 3 });
    expect(answer.policy).toEqual(JSON.parse(lines[2]).policy);
    const other = await run(`${problem.replace('H100', 'A100')} --measured ${sweep}`);
    expect([other.status, other.stderr.includes('kernels.bad-measurement')]).toEqual([1, true]);
  });

  it('takes the small tiles where K is no multiple of 16', async () => {
    const { stdout } = await run('--device H200 --m 512 --n 4096 --k 1000 --json');
    const [{ ranking }] = JSON.parse(stdout).problems;
    const tiles = ranking.map(({ policy }: { policy: { BM: number; BN: number } }) => [
      policy.BM,
      policy.BN,
    ]);
    expect(tiles.sort()).toEqual([
      [16, 32],
      [64, 64],
    ]);
  });

  it.each([
    ['--device GTX-9 --m 1 --n 16 --k 16', 1, /catalog.unknown-name/],
    ['--device A100 --m 0 --n 16 --k 16', 1, /kernels.bad-problem/],
    ['--device A100 --m ten --n 16 --k 16', 2, /--m ten/],
    ['--device A100 --m 1 --n 16 --k 16 --experts 10 --ep 4', 1, /kernels.indivisible/],
    ['--device A100 --m 1 --n 16 --k 16 --strategy default:trt', 1, /kernels.unknown-strategy/],
  ])('refuses %s', async (line, status, message) => {
    const outcome = await run(line);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(message);
  });
});
