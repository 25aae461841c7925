import type { TotalsRows } from '../totals/totals-rows.ts';
import type { LayerPages } from './suggestion.ts';

const WHOLE_NUMBER = /^(0|[1-9]\d{0,8})$/;

/** A row's pages, layers in order: by number where they are numbers. */
export function layersOf(totals: TotalsRows, row: number): readonly LayerPages[] {
  const runs: LayerPages[] = [];
  const pages = totals.pagesOf(row);
  for (let at = 0; at < pages.length; at += 3) {
    const name = totals.layerName(pages[at]);
    const layer = WHOLE_NUMBER.test(name) ? Number(name) : name;
    runs.push({ layer, page_start: pages[at + 1], page_end: pages[at + 2] });
  }
  return runs.sort((a, b) => compareLayers(a.layer, b.layer) || a.page_start - b.page_start);
}

function compareLayers(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return a === b ? 0 : a < b ? -1 : 1;
  return typeof a === 'number' ? -1 : 1;
}
