import * as Plot from '@observablehq/plot';
import { formatRatio } from '../quantities.ts';
import { HALO, hue } from './frame.ts';

/** What no cache can pass: a dashed line that says its figure. */
export function ceilingMarks(ceiling: number | null | undefined): Plot.Markish {
  if (ceiling === null || ceiling === undefined) return null;
  return [
    Plot.ruleY([ceiling], { stroke: hue('ceiling'), strokeDasharray: '6 4', strokeWidth: 1.5 }),
    Plot.text([`ceiling ${formatRatio(ceiling)}: a cache without limits`], {
      ...HALO,
      frameAnchor: 'left',
      y: [ceiling],
      dy: -9,
      dx: 4,
      textAnchor: 'start',
      fill: hue('ceiling'),
    }),
  ];
}
