/** Turns the headings of a table into buttons that sort its rows; a second press turns the order around. */
export function makeSortable(table: HTMLTableElement): void {
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  headings.forEach((heading, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.replaceChildren(button);
    button.addEventListener('click', () => {
      const isDescending = nextOrder(heading) === 'descending';
      for (const each of headings) each.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
      sortRows(table, at, isDescending);
    });
  });
}

/** Amounts begin with the largest, text with the first. */
function nextOrder(heading: HTMLElement): 'ascending' | 'descending' {
  const now = heading.getAttribute('aria-sort');
  if (now === null) return heading.classList.contains('amount') ? 'descending' : 'ascending';
  return now === 'ascending' ? 'descending' : 'ascending';
}

/** Stable; rows without a value come last in both orders. */
function sortRows(table: HTMLTableElement, at: number, isDescending: boolean): void {
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[at]) }));
  const sign = isDescending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (typeof a.key === 'number' && typeof b.key === 'number') return sign * (a.key - b.key);
    return sign * String(a.key).localeCompare(String(b.key), 'en', { numeric: true });
  });
  body.replaceChildren(...keyed.map(({ row }) => row));
}

function keyOf(cell: HTMLTableCellElement): number | string | null {
  const { v } = cell.dataset;
  if (v !== undefined) return Number(v);
  const text = cell.textContent;
  return text === '' || text === '–' ? null : text;
}
