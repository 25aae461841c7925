/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Figure } from '../figure.ts';
import { enableDownloads } from './downloads.ts';
import { createFigureView } from './figure-view.ts';
import { enableIcicle } from './icicle-view.ts';
import { makeSortable } from './sortable.ts';
import { enableTheme } from './theme.ts';

/** Brings the page to life: draws the figures, makes tables sort, hands out CSV files. */
function start(): void {
  const block = document.getElementById('figures');
  const figures = JSON.parse(block?.textContent ?? '[]') as readonly Figure[];
  for (const tools of document.querySelectorAll<HTMLElement>('[data-tools]')) tools.hidden = false;
  for (const figure of figures) {
    const place = document.querySelector<HTMLElement>(`[data-figure="${CSS.escape(figure.id)}"]`);
    if (place === null) continue;
    const view = createFigureView(figure, place);
    if (figure.kind === 'icicle') enableIcicle(view);
  }
  for (const table of document.querySelectorAll<HTMLTableElement>('[data-table] table'))
    makeSortable(table);
  enableDownloads(figures);
  enableTheme();
}

start();
