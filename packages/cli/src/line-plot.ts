import plot from 'simple-ascii-chart';

/** A curve on the terminal: `y` over the logarithm of `x`. */
export interface LinePlot {
  readonly title: string;
  /** Ascending and positive, shape `[n]`. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A level that the curve approaches, drawn as a line. */
  readonly limit: number;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
}

const WIDTH = 66;
const HEIGHT = 16;
const TICKS = 6;
/** The library's own rounding of ticks wants whole numbers. */
const GRID = 1000;

/** Steps on a grid of characters, without colour; at least two points. */
export function renderLinePlot({ title, x, y, limit, formatX, formatY }: LinePlot): string {
  const logs = x.map(Math.log2);
  const first = logs[0];
  const last = logs[logs.length - 1];
  const most = Math.max(limit, ...y);
  const toGrid = (value: number): number => (most > 0 ? (GRID * value) / most : 0);
  const chart = plot(
    logs.map((log, i): [number, number] => [log, toGrid(y[i])]),
    {
      title,
      width: WIDTH,
      height: HEIGHT,
      yRange: [0, GRID],
      customXAxisTicks: evenly(first, last),
      customYAxisTicks: evenly(0, GRID),
      thresholds: [{ y: toGrid(limit) }],
      symbols: { thresholds: { x: '╌', y: '╎' } },
      formatter: (value, { axis }) =>
        axis === 'x' ? formatX(2 ** value) : formatY((value * most) / GRID),
    },
  );
  return chart
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

function evenly(from: number, to: number): number[] {
  return Array.from({ length: TICKS }, (_, i) => from + ((to - from) * i) / (TICKS - 1));
}
