import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { formatCell, formatRough } from '../quantities.ts';
import { type Row, rowsOf } from '../table.ts';
import { isolated } from '../visible-text.ts';
import { baseOptions, charactersIn, clipped, type Frame, hue, NARROW_PIXELS } from './frame.ts';
import { type IcicleFocus, type IcicleNode, icicleLayout, WHOLE_FOREST } from './icicle-layout.ts';

/** A rectangle thinner than this is drawn with its like. */
const LEAST_PIXELS = 1;
/** Height in which a name can be read. */
const NAMED_PIXELS = 13;

/** A rectangle, what it stands for, and what is looked at when it is chosen. */
interface Drawn extends IcicleNode {
  readonly data: Row;
  readonly focus: IcicleFocus;
}

/** The class of the marks that stand for rows; their order is that of {@link drawnRows}. */
export const ICICLE_CLASS = 'icicle-cells';

/** What is drawn at this width, in the order of its marks: rows, and for each parent its thin ones together. */
export function drawnRows(figure: Figure, frame: Frame): readonly Drawn[] {
  const rows = rowsOf(figure.table);
  const nodes = icicleLayout(rows, frame.choice.focus ?? WHOLE_FOREST);
  const whole = Math.max(1, ...nodes.map(({ bottom }) => bottom));
  const least = (LEAST_PIXELS / heightOf(frame)) * whole;
  const levels = levelsShown(nodes, frame);
  const drawn: Drawn[] = [];
  const thin = new Map<number, IcicleNode[]>();
  const thick = new Map<number, number>();
  for (const node of nodes) {
    if (node.level >= levels) continue;
    const parent = Number(rows[node.row].parent_row);
    if (node.bottom - node.top >= least) {
      drawn.push({ ...node, data: rows[node.row], focus: { row: node.row, skip: 0 } });
      thick.set(parent, (thick.get(parent) ?? 0) + 1);
      continue;
    }
    const siblings = thin.get(parent) ?? [];
    siblings.push(node);
    thin.set(parent, siblings);
  }
  for (const [parent, list] of thin) {
    const together = thinTogether(rows, list, {
      row: parent,
      skip: (thick.get(parent) ?? 0) + skippedBelow(parent, frame),
    });
    if (together.bottom - together.top >= least) drawn.push(together);
  }
  return drawn;
}

/** Children that the focus leaves out already. */
function skippedBelow(parent: number, { choice }: Frame): number {
  return choice.focus?.row === parent ? choice.focus.skip : 0;
}

/** Children of one parent that are too thin for rectangles of their own lie side by side, being the lightest. */
function thinTogether(
  rows: readonly Row[],
  list: readonly IcicleNode[],
  focus: IcicleFocus,
): Drawn {
  const sum = (amountOf: (row: Row) => number): number =>
    list.reduce((total, { row }) => total + amountOf(rows[row]), 0);
  const cohorts = sum((row) => Number(row.cohorts));
  const requests = sum((row) => Number(row.requests));
  const [{ row, level, top }] = list;
  const data: Row = {
    ...rows[row],
    prefix: `${formatCell('count', cohorts)} thinner prefixes`,
    kind: 'others',
    cohorts,
    requests,
    tokens: sum((each) => Number(each.requests) * Number(each.tokens)) / Math.max(1, requests),
    saved_tokens: sum((each) => Number(each.saved_tokens)),
    kept_pages: sum((each) => Number(each.kept_pages)),
    pages: sum((each) => Number(each.pages)),
    bytes: null,
    reuse_median_seconds: null,
    ttl_seconds: null,
    priority: null,
  };
  const bottom = list.reduce((most, each) => Math.max(most, each.bottom), top);
  return { row: focus.row, level, top, bottom, data, focus };
}

/** The forest from left to right: a level a column, as high as tokens × requests. */
export function drawIcicle(figure: Figure, frame: Frame): Element {
  const drawn = drawnRows(figure, frame);
  const whole = Math.max(1, ...drawn.map(({ bottom }) => bottom));
  const levels = Math.max(1, ...drawn.map(({ level }) => level + 1));
  const height = heightOf(frame);
  const room = charactersIn(frame.width / levels - 10);
  const longest = Math.max(1, ...drawn.map(({ data }) => Number(data.reuse_median_seconds ?? 0)));
  return Plot.plot({
    ...baseOptions(frame),
    height,
    margin: 0,
    x: { domain: [0, levels], axis: null },
    y: { domain: [whole, 0], axis: null },
    opacity: { type: 'identity' },
    color: { type: 'identity' },
    marks: [
      Plot.rect(drawn, {
        className: ICICLE_CLASS,
        x1: 'level',
        x2: (node: Drawn) => node.level + 1,
        y1: 'top',
        y2: 'bottom',
        fill: (node: Drawn) => fillOf(node.data, frame),
        fillOpacity: (node: Drawn) => opacityOf(node.data, frame, longest),
        insetRight: 1,
        insetBottom: 0.5,
      }),
      Plot.text(
        drawn.filter(({ top, bottom }) => ((bottom - top) / whole) * height >= NAMED_PIXELS),
        {
          x: 'level',
          y: (node: Drawn) => (node.top + node.bottom) / 2,
          text: (node: Drawn) => clipped(labelOf(node.data), room),
          textAnchor: 'start',
          dx: 5,
          fill: 'var(--ink)',
          pointerEvents: 'none',
        },
      ),
    ],
  });
}

function labelOf(row: Row): string {
  const name =
    row.kind === 'others'
      ? `${formatCell('count', row.cohorts)} others`
      : isolated(String(row.prefix));
  return `${name} · ${formatRough(Number(row.requests))} × ${formatRough(Math.round(Number(row.tokens)))} tok`;
}

function fillOf(row: Row, { choice }: Frame): string {
  if (row.kind === 'others') return hue('faint');
  if (choice.colour === 'reuse') return hue('deep');
  return hue(Number(row.kept_pages) > 0 ? 'ours' : 'warm');
}

/** Kept: by the share of its pages. Reuse: stronger the sooner it comes back. */
function opacityOf(row: Row, { choice }: Frame, longest: number): number {
  if (row.kind === 'others') return 0.35;
  if (choice.colour !== 'reuse') return 0.55;
  const seconds = row.reuse_median_seconds;
  if (seconds === null) return 0.05;
  return 0.6 - 0.5 * (Math.log1p(Number(seconds)) / Math.log1p(longest));
}

function levelsShown(nodes: readonly IcicleNode[], frame: Frame): number {
  const deepest = nodes.reduce((most, { level }) => Math.max(most, level + 1), 1);
  return Math.min(deepest, frame.width < NARROW_PIXELS ? 3 : 5);
}

function heightOf(frame: Frame): number {
  return frame.width < NARROW_PIXELS ? 420 : 600;
}
