import * as Plot from '@observablehq/plot';
import type { Figure, Hue } from '../figure.ts';
import { baseOptions, charactersIn, clipped, type Frame, hue } from './frame.ts';

const ROW_PIXELS = 42;

/** A bar a row, its name and figure above it; columns: name, hue, amount. */
export function drawBars({ table, options }: Figure, frame: Frame): Element {
  const bars = table.rows.map(([name, barHue, amount], i) => ({
    name: String(name),
    title: clipped(
      String(name),
      charactersIn(frame.width) - (options.labels?.[i] ?? '').length - 3,
    ),
    hue: barHue as Hue,
    amount: Number(amount ?? 0),
    label: options.labels?.[i] ?? '',
  }));
  const amounts = bars.map(({ amount }) => amount);
  return Plot.plot({
    ...baseOptions(frame),
    height: bars.length * ROW_PIXELS + 8,
    marginLeft: 2,
    marginRight: 2,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [Math.min(0, ...amounts), Math.max(0, ...amounts) || 1], axis: null },
    y: { type: 'band', domain: bars.map(({ name }) => name), axis: null, padding: 0 },
    marks: [
      Plot.barX(bars, {
        x: 'amount',
        y: 'name',
        fill: (bar: { readonly hue: Hue }) => hue(bar.hue),
        insetTop: 20,
        insetBottom: 8,
      }),
      Plot.text(bars, {
        y: 'name',
        text: 'title',
        frameAnchor: 'left',
        textAnchor: 'start',
        dy: -ROW_PIXELS / 2 + 9,
      }),
      Plot.text(bars, {
        y: 'name',
        text: 'label',
        frameAnchor: 'right',
        textAnchor: 'end',
        fontWeight: 600,
        fontVariant: 'tabular-nums',
        dy: -ROW_PIXELS / 2 + 9,
      }),
    ],
    color: { type: 'identity' },
  });
}
