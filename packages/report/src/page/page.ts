import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WAVETUNE_VERSION } from '@wavetune/core';
import type { Report } from '../report.ts';
import type { Section } from '../section.ts';
import { blockMarkup } from './blocks.ts';
import { heroMarkup } from './hero.ts';
import { html, jsonMarkup, type Markup, raw } from './html.ts';
import { pageStyle } from './style.ts';

const ASSETS = new URL('../../assets/', import.meta.url);

/** The client that draws the figures; `pnpm --filter @wavetune/report bundle` makes it. */
export const CLIENT_BUNDLE = new URL('page-client.bundle', ASSETS);

/**
 * One HTML file that needs nothing else: figures as data, the client that draws them, tables and findings as text. It may
 * run no script but its own and load nothing. The same report gives the same bytes.
 */
export function renderPage(report: Report): string {
  const client = readFileSync(CLIENT_BUNDLE, 'utf8');
  const digest = createHash('sha256').update(client).digest('base64');
  const figures = report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : [])),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${raw(digest)}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${report.headline.title} – ${report.title} – wavetune</title>
<style>${raw(pageStyle())}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>
<header class="top">
<p class="brand">wavetune</p>
<p class="run"><strong>${report.title}</strong><span>${report.subject}</span></p>
<div class="tools" data-tools hidden><button type="button" data-theme-switch>Theme: as the system</button><button type="button" data-print>Print</button></div>
</header>
<div class="frame">
<nav class="contents" aria-label="Contents"><ol>${report.sections.map(contentsEntry)}</ol></nav>
<main id="main" tabindex="-1">
${heroMarkup(report)}
<noscript><p class="note">Charts and search need scripts; every finding and table is below without them.</p></noscript>
${report.sections.map(sectionMarkup)}
</main>
</div>
<footer class="bottom"><p>Made by wavetune ${WAVETUNE_VERSION} from the documents of the run folder. A hit counts only where every block before it is hit; hit ratios are hit tokens over prompt tokens; “modelled” is computed and not timed.</p></footer>
<script type="application/json" id="figures">${jsonMarkup(figures)}</script>
<script>${raw(client)}</script>
</body>
</html>
`.markup;
}

function contentsEntry({ id, title, absent }: Section): Markup {
  return html`<li><a href="#${id}">${title}</a>${absent ? raw(' <span class="soft">left out</span>') : null}</li>`;
}

function sectionMarkup(section: Section): Markup {
  const { id, title, lead, absent, blocks } = section;
  return html`<section id="${id}" aria-labelledby="${id}-title"${absent ? raw(' class="absent"') : null}>
<h2 id="${id}-title">${title}</h2>
<p class="lead">${absent ? raw('<strong>Left out.</strong> ') : null}${lead}</p>
${blocks.map(blockMarkup)}
</section>
`;
}
