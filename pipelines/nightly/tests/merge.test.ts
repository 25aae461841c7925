import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Engine, openEngine } from '@wavetune/engine';
import { asc, col, F64, I64, scan, sort, TEXT } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = (name: string): string =>
  fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wavetune-merge-'));
let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ memoryLimitBytes: 2 ** 28, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const HALF_LIFE = 1000;

/** Requests of one trace: `t` is the time, ids a chain. */
const requests = Array.from({ length: 300 }, (_, i) => ({
  timestamp: i * 37,
  input_length: 1024,
  output_length: 1,
  hash_ids: [1 + (i % 3), 10 + (i % 7) * 3 + (i % 3)],
}));

function runProgram(name: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [program(name), ...words], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

/** Counts the trace cut at the given places, merges the partials in the given order, gives the table of blocks. */
async function merged(name: string, cuts: readonly number[], reversed = false) {
  const place = join(folder, name);
  mkdirSync(place);
  const bounds = [0, ...cuts, requests.length];
  const jobs = bounds.slice(1).map((end, i) => {
    const path = join(place, `${i}.jsonl`);
    const lines = requests.slice(bounds[i], end).map((request) => JSON.stringify(request));
    writeFileSync(path, `${lines.join('\n')}\n`);
    return { path, partial: `p${i}` };
  });
  const write = (file: string, value: unknown): string => {
    writeFileSync(join(place, file), JSON.stringify(value));
    return join(place, file);
  };
  runProgram('summarise-main', [
    '--jobs',
    write('jobs', jobs),
    '--partials',
    place,
    `--half-life-ms=${HALF_LIFE}`,
  ]);
  const names = jobs.map(({ partial }) => partial);
  const order = write('order', reversed ? names.toReversed() : names);
  runProgram('merge-main', [
    '--jobs',
    order,
    '--partials',
    place,
    '--least-count=1',
    '--out',
    place,
  ]);
  const columns = [
    { name: 'id', type: TEXT },
    { name: 'parent', type: TEXT },
    { name: 'depth', type: I64 },
    { name: 'count', type: I64 },
    { name: 'first_seen_ms', type: F64 },
    { name: 'last_seen_ms', type: F64 },
    { name: 'tokens', type: F64 },
    { name: 'score', type: F64 },
  ];
  const blocks = scan({ format: 'parquet', files: [join(place, 'blocks.parquet')], columns });
  const rows = await engine.rows(sort(blocks, asc(col('id')), asc(col('parent'))));
  return { rows, statistics: JSON.parse(readFileSync(join(place, 'statistics.json'), 'utf8')) };
}

describe('merged statistics', () => {
  it('are those of the whole trace, but for the rounding of a score that ages between landmarks', async () => {
    const whole = await merged('whole', []);
    const cut = await merged('cut', [80, 200]);
    expect(cut.statistics).toEqual({ ...whole.statistics, partitions: 3 });
    expect(cut.rows.length).toBe(whole.rows.length);
    for (const [i, row] of cut.rows.entries()) {
      const { score, ...counts } = row;
      const { score: wanted, ...wantedCounts } = whole.rows[i];
      expect(counts).toEqual(wantedCounts);
      expect(Math.abs(Number(score) - Number(wanted))).toBeLessThan(1e-8);
    }
    const time = (i: number): number =>
      2 ** ((requests[i].timestamp - whole.statistics.landmark * HALF_LIFE) / HALF_LIFE);
    const root = requests.reduce((sum, { hash_ids: [id] }, i) => sum + (id === 1 ? time(i) : 0), 0);
    expect(Number(whole.rows.find(({ id }) => id === '1')!.score)).toBeCloseTo(root, 7);
  }, 30_000);

  it('are the same to the bit in whatever order the partitions come', async () => {
    const forth = await merged('forth', [50, 120, 260]);
    const back = await merged('back', [50, 120, 260], true);
    expect(back).toEqual(forth);
  }, 30_000);
});
