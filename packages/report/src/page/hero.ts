import type { KeyFigure } from '../model/headline.ts';
import type { Report } from '../report.ts';
import type { Verdict } from '../section.ts';
import { html, type Markup, raw } from './html.ts';

const KICKERS = {
  use: 'Verdict: change it',
  'keep default': 'Verdict: keep the default',
  none: 'No verdict',
} as const;

/** The verdict, what it is worth, and what to do about each engine: the part that is read by everybody. */
export function heroMarkup({ headline, verdicts, warnings }: Report): Markup {
  return html`<section class="hero" aria-labelledby="verdict">
<p class="kicker ${headline.verdict === 'use' ? 'is-use' : 'is-keep'}">${KICKERS[headline.verdict]}</p>
<h1 id="verdict">${headline.title}</h1>
<p class="reason">${headline.reason}</p>
${warnings.length === 0 ? null : html`<div class="warning" role="note"><p><strong>Read with care</strong></p><ul>${warnings.map((text) => html`<li>${text}</li>`)}</ul></div>`}
${headline.figures.length === 0 ? null : html`<dl class="key-figures">${headline.figures.map((figure) => keyFigure(figure, headline.previous))}</dl>`}
${verdicts.length < 2 ? null : verdictList(verdicts)}
</section>
`;
}

function keyFigure({ label, value, detail, change }: KeyFigure, previous: string | null): Markup {
  return html`<div><dt>${label}</dt><dd class="value">${value}</dd><dd>${detail}</dd>${change === null ? null : html`<dd class="change">${change} <span>since ${previous}</span></dd>`}</div>`;
}

/** One line each; the reasons stand in the section on verdicts. */
function verdictList(verdicts: readonly Verdict[]): Markup {
  return html`<ul class="targets" aria-label="Verdict by target">${verdicts.map(
    ({ target, verdict, gain }) =>
      html`<li><a href="#verdicts">${target}</a> ${verdictBadge(verdict)}${gain === null ? null : html` <span class="gain">${gain}</span>`}</li>`,
  )}</ul>`;
}

/** The verdict as a badge that does not rest on its colour. */
export function verdictBadge(verdict: Verdict['verdict']): Markup {
  return verdict === 'use'
    ? raw('<span class="badge is-use">use</span>')
    : raw('<span class="badge is-keep">keep default</span>');
}
