import { formatCell } from '../quantities.ts';
import type { Cell, Column, Table } from '../table.ts';

/** A table of the page made from data, in the form that the server gives to its own. */
export function tableElement({ columns, rows }: Table, label: string): HTMLTableElement {
  const table = document.createElement('table');
  table.setAttribute('aria-label', label);
  const head = table.createTHead().insertRow();
  for (const column of columns) head.append(headingElement(column));
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    columns.forEach((column, i) => {
      line.append(cellElement(column, row[i] ?? null, i));
    });
  }
  return table;
}

function headingElement({ key, label, quantity }: Column): HTMLElement {
  const heading = document.createElement('th');
  heading.scope = 'col';
  heading.dataset.key = key;
  if (quantity !== 'text') heading.className = 'amount';
  heading.textContent = label;
  return heading;
}

function cellElement({ quantity }: Column, value: Cell, at: number): HTMLElement {
  const cell = document.createElement(at === 0 ? 'th' : 'td');
  if (at === 0) cell.setAttribute('scope', 'row');
  if (quantity !== 'text') cell.className = 'amount';
  if (typeof value === 'number') cell.dataset.v = String(value);
  const text = document.createElement('bdi');
  text.textContent = formatCell(quantity, value);
  cell.append(text);
  return cell;
}
