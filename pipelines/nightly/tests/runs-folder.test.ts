import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkWhole,
  finishPublishing,
  nextRunName,
  pointCurrent,
  readCurrent,
  readRun,
  withdrawTo,
} from '../src/run/runs-folder.ts';

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'wavetune-runs-folder-'));
});
afterEach(() => rmSync(runs, { recursive: true }));

const FIGURES = '{"nights":1}';

function publish(name: string, previous: string | null): void {
  const sha256 = createHash('sha256').update(FIGURES).digest('hex');
  const outputs = [{ path: 'figures.json', bytes: FIGURES.length, sha256 }];
  const manifest = {
    schema: 'nightly-run/1',
    run: name,
    date: name.slice(0, 10),
    tool: '1.0.0',
    config: '',
    counting: '',
    previous,
    notes: [],
    partitions: { fresh: [], late: [], corrected: [], gone: [] },
    ledger: [],
    steps: [{ step: 'figures', key: '', outputs }],
    state: [],
    gates: [],
  };
  mkdirSync(join(runs, name));
  writeFileSync(join(runs, name, 'figures.json'), FIGURES);
  writeFileSync(join(runs, name, 'manifest.json'), JSON.stringify(manifest));
}

describe('nextRunName', () => {
  it('counts on from the last run of the day, also where retention took the first', () => {
    expect(nextRunName('2026-11-20', [])).toBe('2026-11-20');
    expect(nextRunName('2026-11-20', ['2026-11-19', '2026-11-20'])).toBe('2026-11-20.2');
    expect(nextRunName('2026-11-20', ['2026-11-20.9', '2026-11-20.10'])).toBe('2026-11-20.11');
  });
});

describe('current', () => {
  it('is read with the slash that a shell puts behind a folder', async () => {
    publish('2026-11-19', null);
    symlinkSync('2026-11-19/', join(runs, 'current'));
    expect(await readCurrent(runs)).toMatchObject({ name: '2026-11-19' });
  });

  it('is refused where it points at something else than a run', async () => {
    symlinkSync(join(runs, '2026-11-19'), join(runs, 'current'));
    await expect(readCurrent(runs)).rejects.toMatchObject({ code: 'nightly.corrupt' });
  });

  it('is not swapped with a folder, which a person has to move away', async () => {
    mkdirSync(join(runs, 'current'));
    await expect(readCurrent(runs)).rejects.toThrow(/no symbolic link; move it away/);
    await expect(pointCurrent(runs, '2026-11-19')).rejects.toThrow(/move it away/);
    expect(readdirSync(runs)).toEqual(['current']);
  });
});

describe('finishPublishing', () => {
  it('points at the run that a killed one had moved in place, past those rolled back', async () => {
    publish('2026-11-18', null);
    publish('2026-11-19', '2026-11-18');
    await pointCurrent(runs, '2026-11-19');
    await withdrawTo(runs, '2026-11-18');
    publish('2026-11-18.2', '2026-11-18');
    await finishPublishing(runs, () => undefined);
    expect(await readCurrent(runs)).toMatchObject({ name: '2026-11-18.2' });
  });
});

describe('checkWhole', () => {
  it('refuses a run whose figures are not those that it left', async () => {
    publish('2026-11-19', null);
    const run = await readRun(runs, '2026-11-19');
    await checkWhole(run);
    writeFileSync(join(runs, '2026-11-19', 'figures.json'), '{}');
    await expect(checkWhole(run)).rejects.toMatchObject({ code: 'nightly.corrupt' });
    rmSync(join(runs, '2026-11-19', 'figures.json'));
    await expect(checkWhole(run)).rejects.toThrow(/figures\.json is damaged.*rollback --to/);
  });
});
