import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is on this machine; `make services` installs one. */
export const CHROMIUM = [process.env.WAVETUNE_CHROMIUM ?? '', ...PLACES].find((place) =>
  existsSync(place),
);

if (CHROMIUM === undefined) {
  console.log(
    'skipped: there is no Chromium on this machine; make services installs it, WAVETUNE_CHROMIUM names one',
  );
}

/** A page that was opened from a file, and what it should not have done. */
export interface OpenedPage {
  readonly page: Page;
  /** Console errors, uncaught errors, and every request but that for the file. */
  readonly faults: readonly string[];
}

export interface View {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** One browser a test file, started on first use and stopped after all. */
export function openPages(): (file: string, view?: View) => Promise<OpenedPage> {
  let started: Promise<Browser> | undefined;
  afterAll(async () => (await started)?.close());
  return async (file, { width = 1280, scheme = 'light' } = {}) => {
    started ??= chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS });
    const context = await (await started).newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const faults: string[] = [];
    const url = `file://${file}`;
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== url) faults.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, faults };
  };
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the page looks like once it has painted everything: the first picture that is equal to the one before it. */
export async function settledPicture(page: Page): Promise<Buffer> {
  let before = await page.screenshot({ animations: 'disabled' });
  for (let tries = 0; tries < 10; tries++) {
    const picture = await page.screenshot({ animations: 'disabled' });
    if (picture.equals(before)) break;
    before = picture;
  }
  return before;
}
