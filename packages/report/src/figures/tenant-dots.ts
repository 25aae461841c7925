import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { formatCell, formatRatio, formatRough } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { baseOptions, clipped, type Frame, hue, NARROW_PIXELS } from './frame.ts';

const NAMED = 8;

/** A dot a tenant: prompt tokens to the right, hit ratio upwards; the largest are named. */
export function drawTenantDots({ table }: Figure, frame: Frame): Element {
  const rows = rowsOf(table).filter((row) => Number(row.prompt_tokens) > 0);
  const tokens = rows.map(({ prompt_tokens }) => Number(prompt_tokens));
  const at = { x: 'prompt_tokens', y: 'hit_ratio' };
  return Plot.plot({
    ...baseOptions(frame),
    height: frame.width < NARROW_PIXELS ? 260 : 320,
    marginLeft: 46,
    marginRight: 60,
    marginTop: 30,
    marginBottom: 44,
    x: {
      type: 'log',
      domain: [Math.min(...tokens) / 1.3, Math.max(...tokens) * 1.3],
      label: 'prompt tokens →',
      ticks: 4,
      tickFormat: formatRough,
    },
    y: { domain: [0, 1], grid: true, label: '↑ hit tokens / prompt tokens', tickFormat: '.0%' },
    marks: [
      Plot.dot(rows, { ...at, r: 5, fill: hue('ours'), fillOpacity: 0.75, stroke: 'var(--paper)' }),
      Plot.text(rows.slice(0, NAMED), {
        ...at,
        text: (row: Row) => clipped(String(row.tenant), 14),
        dx: 8,
        textAnchor: 'start',
      }),
      frame.interactive
        ? Plot.tip(
            rows,
            Plot.pointer({
              ...at,
              title: (row: Row) =>
                `${row.tenant}: ${formatRatio(row.hit_ratio as number | null)}\n${formatCell('count', row.requests)} requests, ${formatCell('count', row.prompt_tokens)} prompt tokens`,
            }),
          )
        : null,
    ],
  });
}
