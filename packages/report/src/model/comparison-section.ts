import { formatCount, formatSize } from '@wavetune/core';
import type { CacheComparison } from '@wavetune/documents';
import type { Figure, Hue } from '../figure.ts';
import { formatRatio } from '../quantities.ts';
import type { NamedTable, Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { asSentence } from './labels.ts';

const BASELINE = 'TTL rule alone';

/** Whether a planner over a live cache pays, against the cache's own rule and against plain policies. */
export function comparisonSection(comparison: CacheComparison): Section {
  const { verdict, measured } = comparison;
  const confidence = formatRatio(measured.confidence);
  const plain = comparison.simulated === null ? [] : [policyTable(comparison.simulated)];
  return {
    id: 'comparison',
    title: 'A planner over the live cache',
    lead: `${verdict.decision === 'use' ? `Use ${verdict.planner}` : 'Keep the TTL rule'}: ${asSentence(verdict.reason)}`,
    absent: false,
    blocks: [
      { kind: 'figure', figure: ratioFigure(comparison) },
      { kind: 'table', table: plannerTable(comparison) },
      ...plain.map((table) => ({ kind: 'table' as const, table })),
      {
        kind: 'note',
        text: `Hit ratios over the last ${formatCount(measured.requests)} requests; intervals of ${confidence} over ${measured.groups} groups of neighbouring requests. Plain policies are simulated with items of one size and without times to live; what knows the future is a bound.`,
      },
    ],
  };
}

function ratioFigure({ baseline, runs, simulated, caches }: CacheComparison): Figure {
  const bars: readonly (readonly [name: string, hue: Hue, ratio: number])[] = [
    [BASELINE, 'default', baseline.hitRatio.ratio],
    ...runs.map(
      ({ planner, isBound, hitRatio }) =>
        [planner, isBound ? 'optimum' : 'ours', hitRatio.ratio] as const,
    ),
    ...(simulated?.policies ?? []).map(
      ({ policy, isBound, hitRatio }) =>
        [`plain ${policy}`, isBound ? 'optimum' : 'other', hitRatio.ratio] as const,
    ),
  ];
  const labels = bars.map(([, , ratio]) => formatRatio(ratio));
  return {
    id: 'comparison-hit-ratios',
    kind: 'bars',
    title: `Requests answered with ${formatSize(caches.limitBytes)}`,
    summary: bars.map(([name], i) => `${name} ${labels[i]}`).join(', '),
    table: {
      columns: [
        column('cache', 'cache'),
        column('hue', 'hue'),
        column('hit_ratio', 'hit ratio', 'ratio'),
      ],
      rows: bars,
    },
    options: { labels },
  };
}

function plannerTable({ runs, baseline }: CacheComparison): NamedTable {
  const { requests, loads } = baseline.counts;
  const alone: readonly Cell[] = [
    ...[BASELINE, baseline.hitRatio.ratio, null, null, null, null],
    ...[requests === 0 ? null : (1000 * loads) / requests, null, null, null, null],
  ];
  return {
    id: 'comparison-planners',
    title: 'Planners',
    columns: [
      column('planner', 'planner'),
      column('hit_ratio', 'hit ratio', 'ratio'),
      column('gain', 'less the TTL rule', 'points'),
      column('gain_low', 'from', 'points'),
      column('gain_high', 'to', 'points'),
      column('verdict', 'verdict'),
      column('loads_per_thousand', 'loads per 1,000', 'number'),
      column('evicted', 'evicted', 'count'),
      column('prefetched', 'prefetched', 'count'),
      column('planner_seconds', 'time to plan', 'seconds'),
      column('tokens', 'tokens', 'count'),
    ],
    rows: [
      alone,
      ...runs.map(({ planner, hitRatio, difference, verdict, cost, plans, ...run }) => [
        ...[planner, hitRatio.ratio, difference.difference, difference.low, difference.high],
        ...[verdict, cost.loadsPerThousand, plans.evicted, plans.prefetched],
        run.plannerLatency.medianMillis === null ? null : run.plannerLatency.medianMillis / 1000,
        run.tokens.input + run.tokens.output,
      ]),
    ],
  };
}

function policyTable({
  capacityItems,
  policies,
}: NonNullable<CacheComparison['simulated']>): NamedTable {
  return {
    id: 'comparison-policies',
    title: `Plain policies with room for ${formatCount(capacityItems)} items`,
    columns: [
      column('policy', 'policy'),
      column('hit_ratio', 'hit ratio', 'ratio'),
      column('gain', 'less the TTL rule', 'points'),
      column('gain_low', 'from', 'points'),
      column('gain_high', 'to', 'points'),
    ],
    rows: policies.map(({ policy, hitRatio, overBaseline }) => [
      ...[policy, hitRatio.ratio, overBaseline.difference, overBaseline.low, overBaseline.high],
    ]),
  };
}
