/** What the numbers of a column are, which decides how they are written; CSV files hold them as they are. */
export type Quantity =
  | 'text'
  | 'count'
  | 'number'
  | 'ratio'
  | 'gain'
  | 'points'
  | 'bytes'
  | 'seconds'
  | 'micros';

export interface Column {
  /** Name in a CSV file, with its unit: `hit_ratio`, `capacity_bytes`. */
  readonly key: string;
  /** Heading that a person reads. */
  readonly label: string;
  readonly quantity: Quantity;
}

/** Null where there is nothing to say; never 0 instead. */
export type Cell = string | number | null;

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A row by the keys of its columns. */
export type Row = Readonly<Record<string, Cell>>;

/** The rows as records, for charts. */
export function rowsOf({ columns, rows }: Table): readonly Row[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ key }, i) => [key, row[i] ?? null])));
}

/** A column; `text` unless told. */
export function column(key: string, label: string, quantity: Quantity = 'text'): Column {
  return { key, label, quantity };
}

/**
 * RFC 4180, with a heading of keys. Text that a spreadsheet would take for a formula gets an apostrophe before it: ids come
 * from logs, and logs from strangers.
 */
export function csvOf({ columns, rows }: Table): string {
  const lines = [columns.map(({ key }) => csvField(key)), ...rows.map((row) => row.map(csvField))];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function csvField(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
