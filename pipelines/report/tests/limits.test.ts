import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCacheReplay, encodePolicies, encodeWaveSpec } from '@wavetune/documents';
import { afterAll, describe, expect, it } from 'vitest';
import {
  cohortOf,
  HOSTILE,
  policiesOf,
  replayOf,
  wavespecOf,
} from '../../../packages/report/tests/fixtures.ts';
import { CHROMIUM, openPages } from './browser.ts';
import { report } from './report.ts';

const home = mkdtempSync(join(tmpdir(), 'wavetune-limits-'));
afterAll(() => rmSync(home, { recursive: true }));

async function pageOf(name: string, files: Readonly<Record<string, Iterable<string>>>) {
  const run = join(home, name);
  mkdirSync(run);
  for (const [file, parts] of Object.entries(files))
    writeFileSync(join(run, file), [...parts].join(''));
  const { stderr, status } = await report('--run', run);
  expect({ stderr, status }).toMatchObject({ status: 0 });
  return join(run, 'report.html');
}

describe.skipIf(CHROMIUM === undefined)('a page of hostile names', () => {
  const open = openPages();

  it('runs nothing of them, shows them, and finds them', async () => {
    const file = await pageOf('hostile', {
      'wavespec.json': encodeWaveSpec(
        wavespecOf(
          HOSTILE.map((id, i) => cohortOf(id.toWellFormed(), { count: 50 - i, tokens: 16 })),
        ),
      ),
      'cache-replay.json': encodeCacheReplay(replayOf(HOSTILE)),
      'policies.json': encodePolicies(policiesOf('use', HOSTILE)),
      'manifest.json': [JSON.stringify({ title: HOSTILE[1], notes: HOSTILE })],
    });
    const { page, faults } = await open(file, { width: 390 });
    expect(faults).toEqual([]);
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.getByLabel('Search prefixes').fill('</SCRIPT>');
    expect(await page.locator('[data-matches] tbody th').allTextContents()).toEqual([HOSTILE[0]]);
    await page.getByLabel('Search prefixes').fill('שלום');
    await page.locator('[data-matches] tbody button').click();
    expect(await page.locator('[data-readout]').textContent()).toMatch(/^שלום עולם: /);
    await page.locator('[data-policy], [data-colour]').first().focus();
  });
});

describe('a page of 100,000 cohorts', () => {
  const cohorts = Array.from({ length: 100_000 }, (_, i) => {
    const parent = i < 100 ? null : Math.floor(i / 10) - 10;
    const depth = parent === null ? 1 : String(i).length;
    const id = (n: number): string => `${(n + 1) * 184_467_440}${String(n).padStart(9, '0')}`;
    const count = 2 + Math.floor(4e5 / (i + 2));
    return cohortOf(id(i), {
      parent: parent === null ? null : id(parent),
      depth,
      count,
      tokens: 512,
    });
  });
  const open = openPages();

  it('stays under 3 MB, leaves no cohort out of its sums, and can be searched', async (context) => {
    const file = await pageOf('large', { 'wavespec.json': encodeWaveSpec(wavespecOf(cohorts)) });
    expect(statSync(file).size).toBeLessThan(3_000_000);
    context.skip(CHROMIUM === undefined, 'there is no Chromium on this machine');
    const { page, faults } = await open(file);
    expect(faults).toEqual([]);
    const rows = await page.evaluate(() => {
      const figures = JSON.parse(document.getElementById('figures')?.textContent ?? '[]');
      return figures.find((figure: { id: string }) => figure.id === 'prefix-icicle').table.rows;
    });
    expect(rows.reduce((sum: number, row: readonly number[]) => sum + row[2], 0)).toBe(100_000);
    await page.getByLabel('Search prefixes').fill(cohorts[4000].prefix);
    expect(await page.locator('[data-matches] tbody th').allTextContents()).toEqual([
      cohorts[4000].prefix,
    ]);
    expect(await page.locator('#prefixes .lead').textContent()).toContain('are summed');
  }, 180_000);
});
