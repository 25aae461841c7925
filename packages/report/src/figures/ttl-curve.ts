import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { formatCell, formatDuration, formatRatio } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { ceilingMarks } from './ceiling.ts';
import { baseOptions, type Frame, hue, NARROW_PIXELS } from './frame.ts';

const TICKS_SECONDS = [1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000];

/** Hit ratio over the time to live, on a logarithmic scale from the first positive one. */
export function drawTtlCurve(figure: Figure, frame: Frame): Element {
  const rows = rowsOf(figure.table).filter(({ ttl_seconds }) => Number(ttl_seconds) > 0);
  const ceiling = figure.options.ceiling ?? null;
  const seconds = rows.map(({ ttl_seconds }) => Number(ttl_seconds));
  const [low, high] = [Math.min(...seconds), Math.max(...seconds)];
  const most = Math.max(ceiling ?? 0, ...rows.map(({ hit_ratio }) => Number(hit_ratio)));
  const at = { x: 'ttl_seconds', y: 'hit_ratio', curve: 'step-after' } as const;
  return Plot.plot({
    ...baseOptions(frame),
    height: frame.width < NARROW_PIXELS ? 240 : 300,
    marginLeft: 46,
    marginTop: 30,
    marginBottom: 44,
    x: { type: 'log', domain: low < high ? [low, high] : [low / 2, low * 2] },
    y: {
      domain: [0, most * 1.1],
      grid: true,
      label: '↑ hit tokens / prompt tokens',
      tickFormat: '.0%',
    },
    marks: [
      Plot.axisX(
        TICKS_SECONDS.filter((tick) => tick >= low && tick <= high),
        { label: 'time to live →', text: formatDuration },
      ),
      Plot.areaY(rows, { ...at, fill: hue('ours'), fillOpacity: 0.12 }),
      Plot.lineY(rows, { ...at, stroke: hue('ours'), strokeWidth: 2.5 }),
      ceilingMarks(ceiling),
      frame.interactive ? pointTip(rows) : null,
    ],
  });
}

function pointTip(rows: readonly Row[]): Plot.Markish {
  return Plot.tip(
    rows,
    Plot.pointerX({
      x: 'ttl_seconds',
      y: 'hit_ratio',
      title: (row: Row) =>
        `${formatCell('seconds', row.ttl_seconds)}: ${formatRatio(row.hit_ratio as number | null)}\n${formatCell('count', row.hit_tokens)} hit tokens`,
    }),
  );
}
