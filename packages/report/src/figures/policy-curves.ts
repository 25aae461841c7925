import * as Plot from '@observablehq/plot';
import { formatCount } from '@wavetune/core';
import type { Figure, Hue } from '../figure.ts';
import { formatCell, formatRatio } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { ceilingMarks } from './ceiling.ts';
import { baseOptions, type Frame, HALO, hue, NARROW_PIXELS } from './frame.ts';

/** Roles with a hue and a sign of their own; all others are thin lines of one grey. */
const HUES: Readonly<Record<string, Hue>> = {
  ours: 'ours',
  default: 'default',
  optimum: 'optimum',
  chosen: 'deep',
};
const SIGNS: Readonly<Record<string, Plot.SymbolType>> = {
  ours: 'circle',
  default: 'square',
  optimum: 'triangle',
  chosen: 'diamond',
};

/** A line a policy over the capacity, in doublings; the ceiling and the optimum above them. */
export function drawPolicyCurves(figure: Figure, frame: Frame): Element {
  const all = rowsOf(figure.table);
  const exact = all.filter(({ role }) => role === 'exact');
  const points = all
    .filter(({ role }) => role !== 'exact')
    .map((row) => (row.policy === frame.choice.policy ? { ...row, role: 'chosen' } : row));
  const marked = points.filter(({ role }) => String(role) in HUES);
  const isNarrow = frame.width < NARROW_PIXELS;
  const ceiling = figure.options.ceiling ?? null;
  const most = Math.max(ceiling ?? 0, ...points.map(({ hit_ratio }) => Number(hit_ratio)));
  const height = isNarrow ? 320 : 440;
  return Plot.plot({
    ...baseOptions(frame),
    height,
    marginLeft: 46,
    marginRight: isNarrow ? 14 : 160,
    marginTop: 30,
    marginBottom: 52,
    x: { type: 'log', base: 2, label: null },
    y: {
      domain: [0, most * 1.06],
      grid: true,
      label: '↑ hit tokens / prompt tokens',
      tickFormat: '.0%',
    },
    marks: [
      capacityAxis(points, isNarrow),
      ...thinLines(points, exact),
      ...Object.keys(HUES).map((role) =>
        roleMarks(
          marked.filter((row) => row.role === role),
          role,
        ),
      ),
      ceilingMarks(ceiling),
      isNarrow ? null : endLabels(marked, { most, height: height - 82 }),
      frame.interactive ? pointTip(points) : null,
    ],
  });
}

/** Policies that are not set off, and the curve that is exact everywhere, dotted. */
function thinLines(points: readonly Row[], exact: readonly Row[]): readonly Plot.Markish[] {
  const at = { x: 'capacity_blocks', y: 'hit_ratio' };
  return [
    Plot.line(
      points.filter(({ role }) => role === 'other'),
      { ...at, z: 'policy', stroke: hue('other'), strokeWidth: 1, strokeOpacity: 0.6 },
    ),
    Plot.line(exact, {
      ...at,
      stroke: hue('default'),
      strokeDasharray: '1 4',
      strokeLinecap: 'round',
      strokeWidth: 2,
    }),
  ];
}

function capacityAxis(points: readonly Row[], isNarrow: boolean): Plot.Markish {
  const blocks = [...new Set(points.map((row) => Number(row.capacity_blocks)))].sort(
    (a, b) => a - b,
  );
  const bytes = new Map(points.map((row) => [row.capacity_blocks, row.capacity_bytes]));
  const shown = isNarrow ? blocks.filter((_, i) => (blocks.length - 1 - i) % 2 === 0) : blocks;
  return Plot.axisX(shown, {
    label: 'cache capacity →',
    labelAnchor: 'right',
    labelOffset: 48,
    text: (capacity: number) => {
      const size = bytes.get(capacity) ?? null;
      const count = isNarrow ? formatCount(capacity) : `${formatCount(capacity)} blocks`;
      return size === null ? count : `${formatCell('bytes', size)}\n${count}`;
    },
  });
}

function roleMarks(rows: readonly Row[], role: string): Plot.Markish {
  const at = { x: 'capacity_blocks', y: 'hit_ratio' };
  return [
    Plot.line(rows, { ...at, z: 'policy', stroke: hue(HUES[role]), strokeWidth: 2.5 }),
    Plot.dot(rows, {
      ...at,
      symbol: SIGNS[role],
      r: 4,
      fill: hue(HUES[role]),
      stroke: 'var(--paper)',
      strokeWidth: 1,
    }),
  ];
}

/** The last point of each marked curve, named beside it; names that would overlap move apart. */
function endLabels(
  marked: readonly Row[],
  scale: { readonly most: number; readonly height: number },
): Plot.Markish {
  const last = new Map<string, Row>();
  for (const row of marked) {
    const before = last.get(String(row.policy));
    if (before === undefined || Number(row.capacity_blocks) > Number(before.capacity_blocks)) {
      last.set(String(row.policy), row);
    }
  }
  const gap = (16 / scale.height) * scale.most;
  let lowest = Number.POSITIVE_INFINITY;
  const labels = [...last.values()]
    .sort((a, b) => Number(b.hit_ratio) - Number(a.hit_ratio))
    .map((row) => {
      lowest = Math.min(Number(row.hit_ratio), lowest - gap);
      return {
        ...row,
        labelY: lowest,
        text: `${row.policy} ${formatRatio(Number(row.hit_ratio))}`,
      };
    });
  return labels.map((label) =>
    Plot.text([label], {
      ...HALO,
      x: 'capacity_blocks',
      y: 'labelY',
      text: 'text',
      dx: 10,
      textAnchor: 'start',
      fontWeight: 600,
      fill: hue(HUES[String((label as Row).role)]),
    }),
  );
}

function pointTip(points: readonly Row[]): Plot.Markish {
  return Plot.tip(
    points,
    Plot.pointer({
      x: 'capacity_blocks',
      y: 'hit_ratio',
      title: (row: Row) =>
        [
          `${row.policy}: ${formatRatio(row.hit_ratio as number | null)}`,
          `${formatCell('count', row.hit_tokens)} hit tokens`,
          `${formatCell('count', row.capacity_blocks)} blocks, ${formatCell('bytes', row.capacity_bytes)}`,
        ].join('\n'),
    }),
  );
}
