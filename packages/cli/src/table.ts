import Table from 'cli-table3';

/** A column of a table on the terminal. */
export interface TableColumn {
  readonly heading: string;
  /** Numbers stand to the right. */
  readonly align: 'left' | 'right';
}

/**
 * Rows under their headings, columns two spaces apart, a rule below the headings; no colour, no trailing spaces, so that
 * a pipe gets what a person sees.
 *
 * @param rows - One cell a column, in the columns' order.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: columns.map(({ heading }) => heading),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: BORDERLESS,
  });
  table.push(...rows.map((row) => [...row]));
  const [head, ...body] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const width = Math.max(head.length, ...body.map((line) => line.length));
  return [head, '─'.repeat(width), ...body].join('\n');
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
