import * as Plot from '@observablehq/plot';
import { formatCount } from '@wavetune/core';
import type { Figure, Hue } from '../figure.ts';
import { formatCell, formatRough } from '../quantities.ts';
import type { Cell } from '../table.ts';
import { baseOptions, type Frame, HALO, hue, NARROW_PIXELS } from './frame.ts';

const HUES: readonly Hue[] = ['ours', 'warm', 'deep', 'optimum'];

interface Bar {
  readonly series: string;
  readonly bucket: number;
  readonly amount: number;
  readonly text: string;
}

/** Amounts by bucket, a series below the other on one axis; columns: series, bucket, amount. */
export function drawColumns({ table, options }: Figure, frame: Frame): Element {
  const [, , { quantity, label }] = table.columns;
  const bars = table.rows.map(
    ([series, bucket, amount]): Bar =>
      toBar(series, bucket, amount, (value) => formatCell(quantity, value)),
  );
  const series = [...new Set(bars.map((bar) => bar.series))];
  const buckets = [...new Set(bars.map(({ bucket }) => bucket))];
  const isNarrow = frame.width < NARROW_PIXELS;
  const most = Math.max(0, ...bars.map(({ amount }) => amount));
  const least = Math.min(0, ...bars.map(({ amount }) => amount));
  return Plot.plot({
    ...baseOptions(frame),
    height: 70 + series.length * (series.length === 1 ? 170 : 88),
    marginLeft: 46,
    marginTop: 28,
    marginBottom: 44,
    x: { type: 'band', domain: buckets, label: `${options.across ?? ''} →`, axis: null },
    y: {
      type: options.scale ?? 'linear',
      domain: [least, most * (options.scale === 'sqrt' ? 1.5 : 1.15) || 1],
      grid: true,
      ticks: series.length === 1 ? 3 : 2,
      label: `↑ ${options.axis ?? ''}`,
      tickFormat: (value: number) =>
        quantity === 'gain' ? `${Math.round(100 * value)}%` : formatRough(value),
    },
    fy: { domain: series, axis: null, padding: 0.3 },
    color: { type: 'identity' },
    marks: [
      Plot.axisX({
        anchor: 'bottom',
        label: `${options.across ?? ''} →`,
        ticks: buckets.filter((_, i) => !isNarrow || i % 4 === 0),
        tickFormat: formatCount,
        tickSize: 0,
      }),
      Plot.barY(bars, {
        fy: 'series',
        x: 'bucket',
        y: 'amount',
        fill: (bar: Bar) => hue(HUES[series.indexOf(bar.series) % HUES.length]),
        ...(frame.interactive && {
          tip: true,
          title: (bar: Bar) => `${bar.series}, ${formatCount(bar.bucket)}: ${bar.text} ${label}`,
        }),
      }),
      columnTexts(bars, isNarrow),
      seriesNames(series),
      Plot.ruleY([0], { stroke: 'var(--ink-soft)' }),
    ],
  });
}

function toBar(series: Cell, bucket: Cell, amount: Cell, format: (value: number) => string): Bar {
  const value = Number(amount);
  return { series: String(series), bucket: Number(bucket), amount: value, text: format(value) };
}

function columnTexts(bars: readonly Bar[], isNarrow: boolean): Plot.Markish {
  if (isNarrow) return null;
  return Plot.text(
    bars.filter(({ amount }) => amount !== 0),
    {
      fy: 'series',
      x: 'bucket',
      y: 'amount',
      dy: -8,
      text: (bar: Bar) => bar.text.replace(/^\+|\.\d+(?= %)/g, ''),
    },
  );
}

function seriesNames(series: readonly string[]): Plot.Markish {
  return Plot.text(series, {
    ...HALO,
    fy: (name: string) => name,
    text: (name: string) => name,
    frameAnchor: 'top-left',
    textAnchor: 'start',
    dx: 4,
    dy: -2,
    fontWeight: 600,
  });
}
