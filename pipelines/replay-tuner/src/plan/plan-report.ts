import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { bytesText, countText, qErrorLines, sampleLines } from '@wavetune/plan-input';
import { totalOf } from './plan-document.ts';
import type { PlanTuning } from './plan-tuning.ts';
import type { TunedMovement } from './tune-plan.ts';

/** What a person reads of a plan's policies: what moves, how it is staged, and what that is worth. */
export function planReport(tuning: PlanTuning): string {
  const { movements, strategy } = tuning;
  return [
    headOf(tuning),
    ...(strategy === 'datajax' ? [] : [movementsTable(movements)]),
    datajaxLine(tuning),
  ].join('\n\n');
}

function headOf({ path, format, strategy, ground, metrics }: PlanTuning): string {
  const { worldSize, inputRows, inputBytes, shuffleBytes, occupancy, reuse, run } = metrics;
  const ranks = countText(worldSize, 'rank');
  const margin = `${(100 * ground.margin).toFixed(1)} %`;
  const against =
    strategy === 'datajax'
      ? 'datajax’s formula'
      : `modelled, against a plain copy kernel with a margin of ${margin}`;
  const counters = [
    ...(occupancy === undefined ? [] : [`occupancy ${occupancy.value}`]),
    ...(reuse?.provenance === 'counter' ? [`reuse in L2 ${reuse.value}`] : []),
  ];
  return [
    `plan      ${path} (${format}), ${countText(metrics.nodes.length, 'node')} as it runs, ${ranks} of ${ground.device.name}; ${against}`,
    `rows      ${formatCount(Math.round(inputRows.value))} read, ${bytesText(inputBytes)}; shuffled ${bytesText(shuffleBytes)}`,
    ...sampleLines(metrics),
    ...(counters.length === 0 ? [] : [`counters  ${counters.join(', ')}`]),
    ...(run === undefined
      ? []
      : [
          `run       ${(1000 * run.seconds).toFixed(1)} ms, at most ${formatSize(run.peakMemoryBytes)} held`,
        ]),
    ...qErrorLines(metrics),
  ].join('\n');
}

function movementsTable(movements: readonly TunedMovement[]): string {
  if (movements.length === 0) return 'nothing of it moves rows: there is nothing to stage';
  const right = (heading: string): TableColumn => ({ heading, align: 'right' });
  const columns: readonly TableColumn[] = [
    { heading: 'at', align: 'left' },
    { heading: 'moves', align: 'left' },
    ...['rows', 'bytes a row', 'plain, µs', 'tuned, µs', 'gain', 'BM × BK', 'stages'].map(right),
    { heading: 'verdict', align: 'left' },
    right('datajax, µs'),
  ];
  const rows = movements.map(({ at, node, movement, decision, heuristic }) => {
    const { candidate, baseline, gain, verdict } = decision;
    const bytes = movement.columnBytes.reduce((sum, each) => sum + each, 0);
    return [
      ...[`${at} ${node}`, movement.kind, formatCount(movement.rows), bytes.toFixed(1)],
      ...[micros(baseline.seconds), micros(candidate.seconds), `${(100 * gain).toFixed(1)} %`],
      ...[`${candidate.policy.blockRows} × ${candidate.policy.blockBytes}`],
      ...[String(candidate.policy.stages), verdict],
      heuristic === undefined
        ? '–'
        : `${micros(heuristic.seconds)}${heuristic.feasible ? '' : ' *'}`,
    ];
  });
  const total = totalOf(movements);
  const sum = `all: ${total.baseline_micros.toFixed(1)} µs untold, ${total.micros.toFixed(1)} µs as chosen`;
  const odd = movements.some(({ heuristic }) => heuristic?.feasible === false)
    ? ['* by the formula: such a tile cannot be compiled']
    : [];
  return [renderTable(columns, rows), sum, ...odd].join('\n');
}

function datajaxLine({ datajax, strategy }: PlanTuning): string {
  if ('absent' in datajax) return `datajax   none: ${datajax.absent}`;
  const { BM, BN, BK, swizzle_size, stage_depth } = datajax.policy;
  const note = strategy === 'datajax' ? '' : ', for comparison';
  return `datajax   BM ${BM}, BN ${BN}, BK ${BK}, swizzle ${swizzle_size}, depth ${stage_depth}${note}`;
}

function micros(seconds: number): string {
  return (seconds * 1e6).toFixed(1);
}
