import { formatSize } from '@wavetune/core';
import type { Figure, Hue } from '../figure.ts';
import { formatCell } from '../quantities.ts';
import type { Block, FileGroup, NamedTable, ShownFile, Verdict } from '../section.ts';
import type { Cell, Column } from '../table.ts';
import { icicleControls, policyControls } from './figure-controls.ts';
import { verdictBadge } from './hero.ts';
import { html, type Markup, raw } from './html.ts';

/** One block of a section. */
export function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'figure':
      return figureMarkup(block.figure);
    case 'table':
      return tableMarkup(block.table);
    case 'note':
      return html`<p class="note">${block.text}</p>`;
    case 'verdicts':
      return html`<ul class="verdicts">${block.verdicts.map(verdictMarkup)}</ul>`;
    case 'files':
      return html`${block.groups.map(fileGroupMarkup)}`;
  }
}

const ICICLE_LEGEND: readonly (readonly [string, Hue])[] = [
  ['kept in pages', 'ours'],
  ['not kept', 'warm'],
  ['by return: the stronger, the sooner', 'deep'],
  ['others, summed', 'faint'],
];

/** A place for the client to draw in, named for those who do not see it, with its data at hand. */
function figureMarkup(figure: Figure): Markup {
  const { id, title, summary } = figure;
  return html`<figure class="figure" data-figure="${id}" aria-labelledby="figure-${id}-title">
<figcaption><span class="head-text" id="figure-${id}-title">${title}</span><span class="figure-tools" data-tools hidden><button type="button" data-csv="${id}" aria-label="Download as CSV: ${title}">CSV</button><button type="button" data-rows="${id}" aria-expanded="false" aria-label="As a table: ${title}">Table</button></span></figcaption>
${legendMarkup(figure)}${figure.kind === 'policy-curves' ? policyControls(figure) : null}${figure.kind === 'icicle' ? icicleControls(figure) : null}
<div class="plot" role="img" aria-label="${summary}" data-plot></div>
<div class="figure-rows" data-rows-of="${id}" hidden></div>
</figure>
`;
}

function legendMarkup({ kind, options, table }: Figure): Markup | null {
  const parts =
    kind === 'policy-curves'
      ? ([
          ['optimum, knows the future ▲', 'optimum'],
          [`${curveName(table.rows, 'ours')} ●`, 'ours'],
          [`${curveName(table.rows, 'default')} ■`, 'default'],
          ...exactLegend(table.rows),
          ['every other policy', 'other'],
          ['ceiling, a cache without limits', 'ceiling'],
        ] as const)
      : kind === 'icicle'
        ? ICICLE_LEGEND
        : (options.parts ?? []);
  if (parts.length === 0) return null;
  return html`<ul class="legend">${parts
    .filter(([label]) => !label.startsWith(' '))
    .map(
      ([label, hue]) =>
        html`<li><span class="swatch" style="background:var(--hue-${raw(hue)})"></span>${label}</li>`,
    )}</ul>`;
}

function exactLegend(rows: readonly (readonly Cell[])[]): readonly (readonly [string, Hue])[] {
  const name = curveName(rows, 'exact');
  return name === '' ? [] : [[`${name} (dotted)`, 'default']];
}

function curveName(rows: readonly (readonly Cell[])[], role: string): string {
  return String(rows.find((row) => row[1] === role)?.[0] ?? '');
}

function tableMarkup(table: NamedTable): Markup {
  const { id, title, columns, rows } = table;
  return html`<div class="table" data-table="${id}">
<div class="table-head"><h3 class="head-text" id="table-${id}-title">${title}</h3><span data-tools hidden><button type="button" data-table-csv="${id}" aria-label="Download as CSV: ${title}">CSV</button></span></div>
<div class="scroll" role="region" aria-labelledby="table-${id}-title" tabindex="0"><table aria-labelledby="table-${id}-title"><thead><tr>${columns.map(headingMarkup)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${columns.map((column, i) => cellMarkup(column, row[i] ?? null, i))}</tr>`,
  )}</tbody></table></div>
</div>
`;
}

function headingMarkup({ key, label, quantity }: Column): Markup {
  return html`<th scope="col" data-key="${key}"${quantity === 'text' ? null : raw(' class="amount"')}>${label}</th>`;
}

function cellMarkup({ quantity }: Column, value: Cell, at: number): Markup {
  const text = formatCell(quantity, value);
  if (typeof value === 'number') {
    return html`<td class="amount" data-v="${value}">${text}</td>`;
  }
  return at === 0
    ? html`<th scope="row"><bdi>${text}</bdi></th>`
    : html`<td${quantity === 'text' ? null : raw(' class="amount"')}><bdi>${text}</bdi></td>`;
}

function verdictMarkup({ target, verdict, reason }: Verdict): Markup {
  return html`<li>${verdictBadge(verdict)} <strong>${target}</strong> <span>${reason}</span></li>`;
}

function fileGroupMarkup({ title, how, files }: FileGroup): Markup {
  return html`<div class="files"><h3>${title}</h3>${how.map((text) => html`<p>${withCode(text)}</p>`)}${files.map(fileMarkup)}</div>`;
}

function fileMarkup({ path, bytes, text, note }: ShownFile): Markup {
  const size = [bytes === null ? '' : formatSize(bytes), note]
    .filter((each) => each !== '')
    .join(', ');
  const name = html`<code><bdi>${path}</bdi></code>${size === '' ? null : html` <span class="soft">${size}</span>`}`;
  if (text === null) return html`<p class="file">${name}</p>`;
  return html`<details class="file"><summary>${name}</summary><div class="scroll" role="region" aria-label="Contents of ${path}" tabindex="0"><pre><code>${text}</code></pre></div></details>`;
}

/** Words between backticks as code. */
function withCode(text: string): readonly Markup[] {
  return text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
