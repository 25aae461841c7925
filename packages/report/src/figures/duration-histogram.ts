import * as Plot from '@observablehq/plot';
import type { Figure, Hue } from '../figure.ts';
import { formatCell, formatDuration, formatRatio } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { baseOptions, type Frame, hue, NARROW_PIXELS } from './frame.ts';

const HUES: readonly Hue[] = ['ours', 'deep'];

/** Shares by bucket of duration, a series below the other on one axis. */
export function drawDurationHistogram(figure: Figure, frame: Frame): Element {
  const rows = rowsOf(figure.table);
  const series = [...new Set(rows.map((row) => String(row.series)))];
  const starts = [...new Set(rows.map(({ from_seconds }) => Number(from_seconds)))];
  const isNarrow = frame.width < NARROW_PIXELS;
  const most = Math.max(...rows.map(({ share }) => Number(share)));
  return Plot.plot({
    ...baseOptions(frame),
    height: 40 + series.length * (isNarrow ? 150 : 160),
    marginLeft: 46,
    marginTop: 24,
    marginBottom: 44,
    x: {
      type: 'band',
      domain: starts,
      label: 'from this long to the next →',
      padding: 0.15,
      ticks: starts.filter((_, i) => !isNarrow || i % 3 === 0),
      tickFormat: (seconds: number) => (seconds === 0 ? '0' : formatDuration(seconds)),
    },
    y: { domain: [0, most * 1.15], grid: true, label: null, ticks: 3, tickFormat: '.0%' },
    fy: { domain: series, label: null, axis: null, padding: 0.28 },
    marks: [
      ...series.map((name, i) => barsOf(rows, name, HUES[i % HUES.length], frame)),
      Plot.text(series, {
        fy: (name: string) => name,
        text: (name: string) => name,
        frameAnchor: 'top-left',
        dy: -20,
        fontWeight: 600,
        textAnchor: 'start',
      }),
      Plot.ruleY([0], { stroke: 'var(--ink-soft)' }),
    ],
  });
}

function barsOf(rows: readonly Row[], name: string, fill: Hue, frame: Frame): Plot.Markish {
  const own = rows.filter((row) => row.series === name);
  return [
    Plot.barY(own, {
      fy: 'series',
      x: 'from_seconds',
      y: 'share',
      fill: hue(fill),
      ...(frame.interactive && {
        tip: true,
        title: (row: Row) => `${rangeOf(row)}: ${formatRatio(row.share as number | null)}`,
      }),
    }),
    frame.width < NARROW_PIXELS
      ? null
      : Plot.text(
          own.filter(({ share }) => Number(share) >= 0.005),
          {
            fy: 'series',
            x: 'from_seconds',
            y: 'share',
            dy: -8,
            text: (row: Row) => `${(100 * Number(row.share)).toFixed(1)} %`,
          },
        ),
  ];
}

function rangeOf({ from_seconds: from, to_seconds: to }: Row): string {
  return to === null
    ? `${formatCell('seconds', from)} and more`
    : `${formatCell('seconds', from)} to ${formatCell('seconds', to)}`;
}
