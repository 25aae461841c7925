import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import type { CacheComparison } from '@wavetune/documents';
import { type EventStream, eventCount } from '@wavetune/policy-engine';
import type { RawReplayOptions } from './replay-options.ts';

type Run = CacheComparison['runs'][number];

/** What was read, and what it is replayed on. */
export function streamLine({ columns, source }: EventStream, raw: RawReplayOptions): string {
  const requests = columns.isRequest.reduce((sum, is) => sum + is, 0);
  const items = new Set(columns.items.filter((_, i) => columns.isRequest[i] === 1)).size;
  const clock = raw.speed === 'max' ? "the trace's clock" : `the wall clock, ${raw.speed} times`;
  return [
    `stream    ${formatCount(eventCount(columns))} events (${source}), ${formatCount(requests)} requests of ${formatCount(items)} items`,
    `caches    two of ${raw.memory} on Redis, by ${clock}; TTL ${raw['ttl-seconds']} s at ${raw['ttl-pressure']} of the memory`,
  ].join('\n');
}

/** Planners, plain policies, and the verdict. */
export function tablesOf(comparison: CacheComparison): string {
  const { measured, caches } = comparison;
  const confidence = `${(100 * measured.confidence).toFixed(1)} %`;
  const parts = [
    `measured  the last ${formatCount(measured.requests)} requests; intervals ${confidence}, over ${measured.groups} groups of neighbouring requests`,
    plannerTable(comparison),
    ...(comparison.simulated === null
      ? [`no plain policies: ${formatSize(caches.limitBytes)} hold no item`]
      : [policyTable(comparison.simulated)]),
    `verdict   ${comparison.verdict.decision}: ${comparison.verdict.reason}`,
  ];
  return parts.join('\n\n');
}

function plannerTable({ baseline, runs }: CacheComparison): string {
  const columns = columnsOf(
    ['planner'],
    ['hit ratio', '− TTL rule, points', 'verdict', '− s3-fifo, points'],
    ['loads/1,000', 'evicted', 'prefetched', 'planner ms', 'apply ms', 'tokens', '$/1,000'],
  );
  const { requests, loads } = baseline.counts;
  const alone = [
    '(TTL rule alone)',
    percent(baseline.hitRatio.ratio),
    ...['', '', ''],
    ((1000 * loads) / requests).toFixed(1),
    ...['', '', '', '', '', dollars(runs[0]?.cost.baselineDollarsPerThousand ?? 0)],
  ];
  return renderTable(columns, [alone, ...runs.map(plannerRow)]);
}

function plannerRow(run: Run): readonly string[] {
  const against = run.againstPolicies.find(({ policy }) => policy === 's3-fifo');
  const { tokens, cost, plans, plannerLatency, executor } = run;
  return [
    run.isBound ? `${run.planner} (knows the future)` : run.planner,
    percent(run.hitRatio.ratio),
    points(run.difference),
    run.verdict,
    against === undefined ? '–' : points(against.difference),
    cost.loadsPerThousand.toFixed(1),
    formatCount(plans.evicted),
    formatCount(plans.prefetched),
    millis(plannerLatency.medianMillis),
    millis(executor.latency.medianMillis),
    tokens.input + tokens.output === 0 ? '–' : formatCount(tokens.input + tokens.output),
    dollars(cost.dollarsPerThousand),
  ];
}

function policyTable({
  capacityItems,
  meanItemBytes,
  policies,
}: NonNullable<CacheComparison['simulated']>): string {
  const columns = columnsOf(
    [
      `plain policy, room for ${formatCount(capacityItems)} items of ${meanItemBytes.toFixed(0)} bytes`,
    ],
    ['hit ratio', '− TTL rule, points'],
    [],
  );
  return renderTable(
    columns,
    policies.map(({ policy, isBound, hitRatio, overBaseline }) => [
      isBound ? `${policy} (knows the future)` : policy,
      percent(hitRatio.ratio),
      points(overBaseline),
    ]),
  );
}

function columnsOf(...headings: readonly (readonly string[])[]): readonly TableColumn[] {
  return headings.flat().map((heading, i) => ({ heading, align: i === 0 ? 'left' : 'right' }));
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}

function points({
  difference,
  low,
  high,
}: {
  difference: number;
  low: number;
  high: number;
}): string {
  const signed = (value: number): string =>
    `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
  return `${signed(difference)} (${signed(low)} … ${signed(high)})`;
}

function millis(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}

function dollars(value: number): string {
  return value === 0 ? '–' : value.toFixed(4);
}
