import { join } from 'node:path';
import { defineCommand, type Session } from '@wavetune/cli';
import { checkPublishable, formatSize, publishFile } from '@wavetune/core';
import { buildReport, readRun, renderMarkdown, renderPage, renderPicture } from '@wavetune/report';
import { openInBrowser } from './open-in-browser.ts';
import { faultOf, OPTIONS } from './options.ts';
import { findPrevious } from './previous-run.ts';

/** What a run found, as a page that a person reads. */
export const report = defineCommand({
  name: 'report',
  summary:
    'Makes one self-contained HTML page of a run: the verdict, what it is worth, its evidence, and how to apply the files.',
  options: OPTIONS,
  examples: [
    ['report --run runs/2026-11-21 --open', 'the page beside its documents, opened'],
    ['report --run runs/2026-11-21 --markdown - --png overview.png', 'for a pull request'],
  ],
  check: faultOf,
  async run(raw, session) {
    const out = raw.out ?? join(raw.run, 'report.html');
    const files = [out, raw.png, raw.markdown].filter((path) => path !== undefined && path !== '-');
    const run = await readRun(raw.run);
    for (const path of files) await checkPublishable(path as string);
    const previous = await findPrevious(raw, session);
    session.checkpoint();
    const found = buildReport(run, previous);
    await writeText(session, out, renderPage(found));
    if (raw.png !== undefined) await publishFile(raw.png, [renderPicture(found)]);
    if (raw.markdown !== undefined) await writeText(session, raw.markdown, renderMarkdown(found));
    session.note(found.headline.title);
    for (const { title, lead, absent } of found.sections) {
      if (absent) session.note(`left out  ${title}: ${lead}`);
    }
    if (raw.open) await openInBrowser(out, session);
  },
});

async function writeText(session: Session, path: string, text: string): Promise<void> {
  if (path === '-') return session.print(text.trimEnd());
  await publishFile(path, [text]);
  session.note(`wrote     ${path}, ${formatSize(Buffer.byteLength(text))}`);
}
