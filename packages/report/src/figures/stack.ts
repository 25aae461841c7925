import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { formatCell, formatRatio } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { baseOptions, charactersIn, type Frame, HALO, hue } from './frame.ts';

const ROW_PIXELS = 50;

/** A bar a row, cut into its parts; columns: row, part, amount, share. */
export function drawStack({ table, options }: Figure, frame: Frame): Element {
  const rows = rowsOf(table);
  const amount = table.columns[2];
  const hues = new Map(options.parts?.map(([label, partHue]) => [label, hue(partHue)]));
  const faint = new Set(
    options.parts?.filter(([, part]) => part === 'faint').map(([label]) => label),
  );
  const names = [...new Set(rows.map(({ row }) => String(row)))];
  const order = [...hues.keys()];
  const stack = { x: 'share', y: 'row', z: 'part', order };
  return Plot.plot({
    ...baseOptions(frame),
    height: names.length * ROW_PIXELS + 44,
    marginLeft: 2,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 36,
    x: {
      label: `${options.axis ?? ''} →`,
      tickFormat: '.0%',
      grid: true,
      ticks: frame.width < 500 ? 4 : 10,
    },
    y: { type: 'band', domain: names, axis: null, padding: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.barX(
        rows,
        Plot.stackX({
          ...stack,
          fill: (row: Row) => hues.get(String(row.part)),
          insetTop: 20,
          insetBottom: 6,
          insetLeft: 0.5,
          insetRight: 0.5,
          ...(frame.interactive && {
            tip: true,
            title: (row: Row) =>
              `${row.part}: ${formatRatio(row.share as number | null)}\n${formatCell('count', row[amount.key])} ${amount.label}\n${row.row}`,
          }),
        }),
      ),
      Plot.text(
        rows,
        Plot.stackX({
          ...stack,
          text: (row: Row) => partLabel(row, frame.width),
          dy: 7,
          fill: (row: Row) => (faint.has(String(row.part)) ? 'var(--ink)' : 'var(--on-hue)'),
          fontWeight: 600,
        }),
      ),
      rowNames(names),
    ],
  });
}

/** The share, where it has room in its part. */
function partLabel({ share }: Row, width: number): string {
  const text = `${(100 * Number(share)).toFixed(1)} %`;
  return charactersIn(Math.abs(Number(share)) * width) > text.length ? text : '';
}

function rowNames(names: readonly string[]): Plot.Markish {
  return Plot.text(names, {
    ...HALO,
    y: (name: string) => name,
    text: (name: string) => name,
    frameAnchor: 'left',
    textAnchor: 'start',
    dy: -ROW_PIXELS / 2 + 10,
  });
}
