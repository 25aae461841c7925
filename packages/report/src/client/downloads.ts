import type { Figure } from '../figure.ts';
import { type Cell, column, csvOf, type Table } from '../table.ts';
import { makeSortable } from './sortable.ts';
import { tableElement } from './table-element.ts';

/** Rows of a figure that are laid out as a table; all of them are in its CSV file. */
const ROWS_SHOWN = 500;

/** CSV files of every figure and table, and each figure's rows as a table. */
export function enableDownloads(figures: readonly Figure[]): void {
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  for (const button of document.querySelectorAll<HTMLElement>('[data-csv]')) {
    const figure = byId.get(button.dataset.csv ?? '');
    if (figure) button.addEventListener('click', () => save(`${figure.id}.csv`, figure.table));
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-table-csv]')) {
    const id = button.dataset.tableCsv ?? '';
    const table = document.querySelector<HTMLTableElement>(
      `[data-table="${CSS.escape(id)}"] table`,
    );
    if (table) button.addEventListener('click', () => save(`${id}.csv`, tableFrom(table)));
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-rows]')) {
    const figure = byId.get(button.dataset.rows ?? '');
    const place = document.querySelector<HTMLElement>(
      `[data-rows-of="${CSS.escape(figure?.id ?? '')}"]`,
    );
    if (figure && place) button.addEventListener('click', () => toggleRows(button, place, figure));
  }
}

function save(name: string, table: Table): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csvOf(table)], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What a table of the page says, in the order in which it is sorted now. */
function tableFrom(table: HTMLTableElement): Table {
  const cellOf = (cell: HTMLTableCellElement): Cell => {
    const text = cell.textContent ?? '';
    return cell.dataset.v === undefined ? (text === '–' ? null : text) : Number(cell.dataset.v);
  };
  return {
    columns: [...(table.tHead?.rows[0]?.cells ?? [])].map(({ dataset }) =>
      column(dataset.key ?? '', ''),
    ),
    rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map(cellOf)),
  };
}

function toggleRows(button: HTMLElement, place: HTMLElement, figure: Figure): void {
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  button.setAttribute('aria-expanded', String(!isOpen));
  place.hidden = isOpen;
  if (isOpen || place.childElementCount > 0) return;
  const { columns, rows } = figure.table;
  const table = tableElement({ columns, rows: rows.slice(0, ROWS_SHOWN) }, figure.title);
  makeSortable(table);
  const scroll = document.createElement('div');
  scroll.className = 'scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', figure.title);
  scroll.append(table);
  place.append(scroll);
  if (rows.length <= ROWS_SHOWN) return;
  const note = document.createElement('p');
  note.className = 'soft';
  note.textContent = `The first ${ROWS_SHOWN} of ${rows.length} rows; the CSV file has all.`;
  place.append(note);
}
