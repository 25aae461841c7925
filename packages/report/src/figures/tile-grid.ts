import * as Plot from '@observablehq/plot';
import { formatCount } from '@wavetune/core';
import type { Figure } from '../figure.ts';
import { formatCell } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { baseOptions, charactersIn, clipped, type Frame, hue } from './frame.ts';

const ROW_PIXELS = 24;
/** Ink stays readable on the strongest of them. */
const STRONGEST = 0.55;

/** A cell a layer and M: its tile, stronger where it gains more; a sign where the default stays. */
export function drawTileGrid({ table }: Figure, frame: Frame): Element {
  const rows = rowsOf(table);
  const layers = [...new Set(rows.map((row) => String(row.layer)))];
  const buckets = [...new Set(rows.map((row) => Number(row.M)))].sort((a, b) => a - b);
  const most = Math.max(1e-9, ...rows.map(({ gain }) => Number(gain)));
  const cellPixels = (frame.width - 60) / layers.length;
  const room = charactersIn(cellPixels);
  const isSlanted = Math.max(...layers.map((layer) => layer.length)) > room;
  return Plot.plot({
    ...baseOptions(frame),
    height: buckets.length * ROW_PIXELS + (isSlanted ? 120 : 50),
    marginLeft: 50,
    marginRight: isSlanted ? 30 : 4,
    marginTop: isSlanted ? 90 : 34,
    marginBottom: 8,
    x: {
      type: 'band',
      domain: layers,
      label: null,
      axis: 'top',
      padding: 0.04,
      tickSize: 0,
      ...(isSlanted && { tickRotate: -50 }),
      tickFormat: (layer: string) => clipped(layer, 18),
    },
    y: {
      type: 'band',
      domain: buckets,
      label: 'M',
      padding: 0.06,
      tickSize: 0,
      tickFormat: formatCount,
    },
    marks: [
      Plot.cell(rows, {
        x: 'layer',
        y: 'M',
        fill: hue('ours'),
        fillOpacity: (row: Row) =>
          row.verdict === 'use' ? 0.1 + (STRONGEST - 0.1) * Math.sqrt(Number(row.gain) / most) : 0,
        stroke: 'var(--rule)',
        ...(frame.interactive && {
          tip: true,
          title: (row: Row) =>
            `${row.layer}, M ${formatCount(Number(row.M))}: ${row.verdict}\ntile ${row.tile}, gain ${formatCell('gain', row.gain)}`,
        }),
      }),
      Plot.text(rows, {
        x: 'layer',
        y: 'M',
        text: (row: Row) =>
          row.verdict !== 'use' ? '=' : room >= String(row.tile).length ? row.tile : '',
      }),
    ],
    opacity: { type: 'identity' },
  });
}
