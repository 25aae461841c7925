/** One row of a dot plot. */
export interface DotRow {
  readonly label: string;
  /** One value a mark, in the marks' order; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
}

/** The scale of a dot plot, from 0. */
export interface DotScale {
  /** Value at the right end. */
  readonly most: number;
  /** A value that every row is held against, drawn as a line. */
  readonly limit?: number;
  /** Columns from 0 to `most`; the labels come on top. */
  readonly width: number;
  readonly format: (value: number) => string;
}

/** What stands for the values of a row, in their order. */
export const DOT_MARKS = '123456789abcdefghijklmnopqrstuvwxyz';

/**
 * One line a row, a mark for each of its values on one common scale: many rows stay comparable where as many lines of a
 * chart would cover each other. Marks in one place show the last of them.
 */
export function renderDotPlot(rows: readonly DotRow[], scale: DotScale): string {
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map((row) => `${row.label.padEnd(labelWidth)}  ${dotsOf(row, scale)}`);
  return [`${' '.repeat(labelWidth)}  ${headOf(scale)}`, ...lines].join('\n');
}

function dotsOf({ values }: DotRow, scale: DotScale): string {
  const cells = Array.from({ length: scale.width + 1 }, () => ' ');
  const last = Math.max(-1, ...values.map((value) => columnOf(value ?? -1, scale)));
  cells.fill('·', 0, last + 1);
  if (scale.limit !== undefined) cells[columnOf(scale.limit, scale)] = '│';
  values.forEach((value, i) => {
    if (value !== undefined) cells[columnOf(value, scale)] = DOT_MARKS[i] ?? '+';
  });
  return cells.join('').trimEnd();
}

function headOf(scale: DotScale): string {
  const zero = scale.format(0);
  const most = scale.format(scale.most);
  return `${zero}${most.padStart(scale.width + 1 - zero.length)}`;
}

function columnOf(value: number, { most, width }: DotScale): number {
  return most > 0 ? Math.round((width * value) / most) : 0;
}
