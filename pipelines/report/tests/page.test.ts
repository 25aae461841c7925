import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openPages, settledPicture, type View } from './browser.ts';
import { report } from './report.ts';
import { fillRunFolder } from './run-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'wavetune-page-'));
afterAll(() => rmSync(home, { recursive: true }));

const VIEWS: readonly Required<View>[] = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);
const FIGURES = [
  'gains',
  'hit-ratio-by-capacity',
  'token-losses',
  'miss-reasons',
  'prefix-icicle',
  'hit-ratio-by-ttl',
  'reuse-intervals',
  'extents-per-request',
  'kept-pages-by-extent',
  'tokens-by-tier',
  'tenants-by-size',
  'steps-by-m',
  'tiles',
  'gain-by-m',
];

describe.skipIf(CHROMIUM === undefined)('the page of a run that was made by hand', () => {
  const run = join(home, '2026-11-21');
  const file = join(run, 'report.html');
  const open = openPages();

  beforeAll(async () => {
    mkdirSync(run);
    await fillRunFolder(run);
    await report('--run', run);
  }, 120_000);

  it('opens from a file without a request, a console error, or room to scroll sideways', async () => {
    for (const view of VIEWS) {
      const { page, faults } = await open(file, view);
      expect(faults).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBe(view.width);
    }
  });

  it('has marks in every figure', async () => {
    const { page } = await open(file);
    const drawn = await page.$$eval('[data-figure]', (figures) =>
      figures.map((figure) => [
        figure.getAttribute('data-figure') ?? '',
        figure.querySelectorAll('svg :is(rect, circle, path, line)').length,
      ]),
    );
    expect(drawn.map(([id]) => id)).toEqual(expect.arrayContaining(FIGURES.slice(1)));
    for (const [, marks] of drawn) expect(marks).toBeGreaterThan(1);
  });

  it('fills the screen with ink at both widths, the same each time', async () => {
    for (const view of VIEWS) {
      const pictures = await Promise.all(
        [0, 1].map(async () => settledPicture((await open(file, view)).page)),
      );
      expect(pictures[0].equals(pictures[1])).toBe(true);
      expect(pictures[0].length).toBeGreaterThan(view.width * 20);
    }
  }, 180_000);

  it('finds a cohort by a part of its id, with the keyboard alone', async () => {
    const { page } = await open(file);
    const spec: { readonly cohorts: readonly { readonly prefix: string }[] } = JSON.parse(
      readFileSync(join(run, 'wavespec.json'), 'utf8'),
    );
    const { prefix } = spec.cohorts[3];
    await page.getByLabel('Search prefixes').fill(prefix.slice(2));
    const match = page.getByRole('button', { name: prefix, exact: true });
    await match.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-readout]').textContent()).toContain(prefix);
    expect(await page.locator('[data-path]').textContent()).toContain(prefix);
    await page.getByLabel('Search prefixes').fill('no such prefix');
    expect(await page.locator('[data-found]').textContent()).toMatch(/^None of the/);
  });

  it('says what a cohort is under the pointer, and enlarges it', async () => {
    const { page } = await open(file);
    const mark = page.locator('rect.icicle-cells, .icicle-cells rect').first();
    await mark.hover();
    expect(await page.locator('[data-readout]').textContent()).toMatch(/requests × .* tokens/);
    await mark.click();
    expect(await page.locator('[data-path] button').count()).toBe(2);
  });

  it('sorts a table by a press of its heading, and turns the order around by another', async () => {
    const { page } = await open(file);
    const ratios = () =>
      page.$$eval('[data-table=tenants] tbody tr td:last-child', (cells) =>
        cells.map((cell) => Number((cell as HTMLElement).dataset.v)),
      );
    const heading = page.locator('[data-table=tenants] th', { hasText: 'hit ratio' });
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    expect(await ratios()).toEqual((await ratios()).toSorted((a, b) => b - a));
    await heading.getByRole('button').press('Enter');
    expect(await ratios()).toEqual((await ratios()).toSorted((a, b) => a - b));
  });

  it('hands out the rows of a figure and of a table as CSV files', async () => {
    const { page } = await open(file);
    for (const id of ['hit-ratio-by-capacity', 'tenants']) {
      const button = page.locator(`[data-csv=${id}], [data-table-csv=${id}]`);
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      expect(download.suggestedFilename()).toBe(`${id}.csv`);
      const [head, first] = readFileSync(await download.path(), 'utf8').split('\r\n');
      expect(head).toMatch(/^[a-z_,]+$/);
      expect(first.split(',')).toHaveLength(head.split(',').length);
    }
  });

  it('has a CSV file with rows for every figure and every table', async () => {
    const { page } = await open(file);
    const texts = await page.evaluate(async () => {
      const blobs: Blob[] = [];
      URL.createObjectURL = (blob) => {
        blobs.push(blob as Blob);
        return '#';
      };
      HTMLAnchorElement.prototype.click = () => undefined;
      const buttons = document.querySelectorAll<HTMLElement>('[data-csv], [data-table-csv]');
      for (const button of buttons) button.click();
      return Promise.all(blobs.map((blob) => blob.text()));
    });
    expect(texts.length).toBe(await page.locator('[data-figure], [data-table]').count());
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) expect(text.split('\r\n').length).toBeGreaterThan(2);
  });

  it('has no serious finding of axe-core', async () => {
    const { page } = await open(file);
    await page.locator('[data-rows=tokens-by-tier]').click();
    expect(await seriousFindings(new AxeBuilder({ page }))).toEqual([]);
  }, 180_000);

  it('has contrast in the dark and on a phone too', async () => {
    const { page } = await open(file, { width: 390, scheme: 'dark' });
    const contrast = new AxeBuilder({ page }).withRules(['color-contrast', 'target-size']);
    expect(await seriousFindings(contrast)).toEqual([]);
  }, 180_000);

  it('prints on paper: in light, whole, without controls', async () => {
    const { page } = await open(file, { scheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const seen = await page.evaluate(() => ({
      paper: getComputedStyle(document.body).backgroundColor,
      controls: [...document.querySelectorAll('[data-csv], nav, [data-search]')].filter(
        (control) => (control as HTMLElement).offsetParent !== null,
      ).length,
    }));
    expect(seen).toEqual({ paper: 'rgb(255, 255, 255)', controls: 0 });
  });

  it('changes its theme, and sets off a policy that is chosen', async () => {
    const { page } = await open(file);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.locator('[data-theme-switch]').click();
    await page.locator('[data-theme-switch]').click();
    expect(await paper()).not.toBe(light);
    const symbols = page.locator('[data-figure=hit-ratio-by-capacity] [aria-label=dot] path');
    const before = await symbols.count();
    await page.locator('[data-policy]').selectOption({ index: 1 });
    expect(await symbols.count()).toBeGreaterThan(before);
  });
});

async function seriousFindings(axe: AxeBuilder): Promise<readonly string[]> {
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}
