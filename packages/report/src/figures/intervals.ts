import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { formatPoints } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { baseOptions, type Frame, HALO, hue } from './frame.ts';

const ROW_PIXELS = 46;

/** A gain a row with one and two standard errors to either side, beside zero. */
export function drawIntervals({ table, options }: Figure, frame: Frame): Element {
  const rows = rowsOf(table);
  const names = rows.map(({ target }) => String(target));
  const reach = (row: Row, errors: number): number =>
    Number(row.gain) + errors * Number(row.standard_error);
  const stroke = (row: Row): string => hue(row.verdict === 'use' ? 'ours' : 'other');
  const low = Math.min(0, ...rows.map((row) => reach(row, -2)));
  const high = Math.max(0, ...rows.map((row) => reach(row, 2)));
  const pad = (high - low || 0.01) * 0.06;
  const span = (errors: number, strokeWidth: number): Plot.Markish =>
    Plot.ruleY(rows, {
      x1: (row: Row) => reach(row, -errors),
      x2: (row: Row) => reach(row, errors),
      y: 'target',
      dy: 8,
      stroke,
      strokeWidth,
    });
  return Plot.plot({
    ...baseOptions(frame),
    height: rows.length * ROW_PIXELS + 44,
    marginLeft: 2,
    marginRight: 2,
    marginTop: 4,
    marginBottom: 38,
    x: {
      domain: [low - pad, high + pad],
      label: `${options.axis ?? ''} →`,
      grid: true,
      ticks: frame.width < 500 ? 4 : 8,
      tickFormat: (gain: number) => `${gain > 0 ? '+' : ''}${Number((100 * gain).toFixed(2))}`,
    },
    y: { type: 'band', domain: names, axis: null, padding: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--ink-soft)' }),
      span(2, 1.5),
      span(1, 5),
      Plot.dot(rows, { x: 'gain', y: 'target', dy: 8, r: 6, fill: stroke, stroke: 'var(--paper)' }),
      ...rowTexts(rows),
    ],
  });
}

/** Above each interval what it is of, and its figures. */
function rowTexts(rows: readonly Row[]): readonly Plot.Markish[] {
  const text = (anchor: 'left' | 'right', textOf: (row: Row) => string): Plot.Markish =>
    Plot.text(rows, {
      ...HALO,
      y: 'target',
      text: textOf,
      frameAnchor: anchor,
      textAnchor: anchor === 'left' ? 'start' : 'end',
      fontWeight: 600,
      dy: -ROW_PIXELS / 2 + 10,
    });
  return [
    text('left', (row) => `${row.target}: ${row.verdict}`),
    text(
      'right',
      (row) =>
        `${formatPoints(Number(row.gain))} ± ${(100 * Number(row.standard_error)).toFixed(2)}`,
    ),
  ];
}
