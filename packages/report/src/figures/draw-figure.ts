import type { Figure, FigureKind } from '../figure.ts';
import { drawBars } from './bars.ts';
import { drawColumns } from './columns.ts';
import { drawDurationHistogram } from './duration-histogram.ts';
import type { Frame } from './frame.ts';
import { drawIcicle } from './icicle.ts';
import { drawIntervals } from './intervals.ts';
import { drawPolicyCurves } from './policy-curves.ts';
import { drawStack } from './stack.ts';
import { drawTenantDots } from './tenant-dots.ts';
import { drawTileGrid } from './tile-grid.ts';
import { drawTtlCurve } from './ttl-curve.ts';

const DRAWINGS: Readonly<Record<FigureKind, (figure: Figure, frame: Frame) => Element>> = {
  'policy-curves': drawPolicyCurves,
  'ttl-curve': drawTtlCurve,
  'duration-histogram': drawDurationHistogram,
  bars: drawBars,
  stack: drawStack,
  intervals: drawIntervals,
  columns: drawColumns,
  'tile-grid': drawTileGrid,
  'tenant-dots': drawTenantDots,
  icicle: drawIcicle,
};

/** A figure as SVG, in the browser or on a server alike. Hues are variables of the page's style sheet. */
export function drawFigure(figure: Figure, frame: Frame): Element {
  return DRAWINGS[figure.kind](figure, frame);
}
