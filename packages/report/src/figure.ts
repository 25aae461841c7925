import type { Table } from './table.ts';

/** How a figure's rows are drawn; one file in `figures/` each. */
export type FigureKind =
  | 'policy-curves'
  | 'ttl-curve'
  | 'duration-histogram'
  | 'bars'
  | 'stack'
  | 'intervals'
  | 'columns'
  | 'tile-grid'
  | 'tenant-dots'
  | 'icicle';

/** A chart and all that it shows: the rows are what is drawn, what a CSV file holds and what a table repeats. */
export interface Figure {
  /** Unique in the page, and the name of its CSV file. */
  readonly id: string;
  readonly kind: FigureKind;
  readonly title: string;
  /** What it says, in a sentence, for those who do not see it. */
  readonly summary: string;
  readonly table: Table;
  /** What its kind needs beside the rows. */
  readonly options: FigureOptions;
}

export interface FigureOptions {
  /** A line that nothing can pass: the ceiling's hit ratio. */
  readonly ceiling?: number | null;
  /** Label of the axis with the amounts, with its unit. */
  readonly axis?: string;
  /** Labels of parts, in the order in which they are stacked, each with its hue. */
  readonly parts?: readonly (readonly [label: string, hue: Hue])[];
  /** Text at the end of each bar, by row. */
  readonly labels?: readonly string[];
  /** Label of the axis with the buckets. */
  readonly across?: string;
  /** Of the amounts; the root of a count keeps the rare ones visible. */
  readonly scale?: 'linear' | 'sqrt';
}

/** The page's hues by meaning; each has a light and a dark form, told apart by people with any colour vision. */
export type Hue = 'ours' | 'default' | 'optimum' | 'ceiling' | 'other' | 'warm' | 'deep' | 'faint';
