import type { CacheComparison } from '@wavetune/documents';
import type { Workload } from './workloads.ts';

/** What was replayed on which caches, and what plain policies answer of it. */
export function headOf(
  { what, limitBytes }: Workload,
  eviction: string,
  comparison: CacheComparison,
): string {
  const { stream, measured, baseline, simulated } = comparison;
  const policies = (simulated?.policies ?? []).map(
    ({ policy, hitRatio, overBaseline }) =>
      `| ${policy} | ${percent(hitRatio.ratio)} | ${points(overBaseline)} |`,
  );
  return [
    `## ${what}${eviction === 'lru' ? ', evicting what was unused for longest' : ''}`,
    '',
    `${count(stream.requests)} requests of ${count(stream.distinctItems)} items; ${limitBytes / 2 ** 20} MiB, room for ${count(simulated?.capacityItems ?? 0)} items; measured on the last ${count(measured.requests)} requests.`,
    '',
    '| without a planner | hit ratio | less the TTL rule, points |',
    '|---|---:|---:|',
    `| the TTL rule alone | ${percent(baseline.hitRatio.ratio)} | |`,
    ...policies,
  ].join('\n');
}

/** Every planner against the TTL rule and plain S3-FIFO, and the verdict. */
export function tableOf({ runs, measured, verdict }: CacheComparison, cap: number): string {
  const confidence = `${(100 * measured.confidence).toFixed(1)} %`;
  return [
    `| planner, at most ${cap} + ${cap} keys a plan | hit ratio | less the TTL rule, points (${confidence}) | | less plain S3-FIFO | loads/1,000 (alone: ${runs[0].cost.baselineLoadsPerThousand.toFixed(0)}) | evicted | prefetched | ms a plan |`,
    '|---|---:|---:|---|---:|---:|---:|---:|---:|',
    ...runs.map(rowOf),
    '',
    `Verdict: ${verdict.decision}. ${verdict.reason}.`,
  ].join('\n');
}

function rowOf(run: CacheComparison['runs'][number]): string {
  const { planner, isBound, hitRatio, difference, verdict, cost, plans, plannerLatency } = run;
  const fifo = run.againstPolicies.find(({ policy }) => policy === 's3-fifo');
  const cells = [
    isBound ? `${planner} (knows the future)` : planner,
    percent(hitRatio.ratio),
    points(difference),
    verdict,
    fifo === undefined ? '–' : points(fifo.difference),
    cost.loadsPerThousand.toFixed(0),
    count(plans.evicted),
    count(plans.prefetched),
    (plannerLatency.medianMillis ?? 0).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A ratio in percent. */
export function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}

function points(interval: {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}): string {
  const signed = (value: number): string =>
    `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
  return `${signed(interval.difference)} (${signed(interval.low)} … ${signed(interval.high)})`;
}

/** A number with its thousands told apart. */
export function count(value: number): string {
  return value.toLocaleString('en');
}
