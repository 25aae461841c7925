import { blockBytesOf } from '@wavetune/cache-sizing';
import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import type { CacheTuning } from './tune-cache.ts';
import { DEFAULT_POLICY } from './tune-cache.ts';

/** What a person reads of the cache half: the ground, the comparison on the measured window, the verdicts. */
export function reportOf(tuning: CacheTuning): string {
  return [headOf(tuning), comparisonOf(tuning), verdictsOf(tuning)].join('\n\n');
}

function headOf({ ground, choice }: CacheTuning): string {
  const { capacityBlocks, model, trace, tunedEnd, measured } = ground;
  const memory = model
    ? ` (${formatSize(capacityBlocks * blockBytesOf(model, trace.columns.blockSize))} of ${model.name})`
    : '';
  const distinct = trace.columns.parents.length;
  const roomy = capacityBlocks >= distinct ? '; the whole trace fits, nothing is evicted' : '';
  return [
    `cache     ${formatCount(capacityBlocks)} blocks of ${formatCount(trace.columns.blockSize)} tokens${memory}; the trace has ${formatCount(distinct)}${roomy}`,
    `tuned     on the first ${formatCount(tunedEnd)} requests, ${choiceText(choice, tunedEnd)}`,
    `measured  on the last ${formatCount(measured.end - measured.begin)} requests, which tuning never saw`,
  ].join('\n');
}

function choiceText({ trial, scores }: CacheTuning['choice'], tunedEnd: number): string {
  const { from, validateFrom } = trial;
  const compared = from === 0 ? 'them' : `the last ${formatCount(tunedEnd - from)}`;
  const validated = formatCount(tunedEnd - from - validateFrom);
  return `chosen on the last ${validated} of ${compared} among ${scores.length} candidates`;
}

function comparisonOf({
  choice,
  judgement,
  optimumHitTokens,
  ceilingHitTokens,
  ground,
}: CacheTuning) {
  const columns: readonly TableColumn[] = [
    { heading: 'measured window', align: 'left' },
    { heading: 'hit ratio', align: 'right' },
    { heading: 'prefill tokens saved', align: 'right' },
    { heading: 'prefill seconds saved', align: 'right' },
  ];
  const { theirs, ours } = judgement;
  const { begin, end } = ground.measured;
  const input = ground.trace.columns.inputTokens
    .subarray(begin, end)
    .reduce((sum, tokens) => sum + tokens, 0);
  const row = (name: string, hitTokens: number, seconds?: number): readonly string[] => [
    name,
    input > 0 ? `${((100 * hitTokens) / input).toFixed(2)} %` : '–',
    formatCount(hitTokens),
    seconds === undefined ? '–' : formatCount(seconds),
  ];
  return renderTable(columns, [
    row('ceiling (no limit)', ceilingHitTokens),
    row('optimum (knows the future)', optimumHitTokens),
    row(`ours: ${choice.winner.policy}`, ours.hitTokens, ours.savedPrefillSeconds),
    row(`default: ${DEFAULT_POLICY}`, theirs.hitTokens, theirs.savedPrefillSeconds),
  ]);
}

function verdictsOf({ judgement, engines }: CacheTuning): string {
  const lines = [
    ['cache', judgement] as const,
    ...engines.map(({ exporter, judgement }) => [exporter.name, judgement] as const),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines
    .map(([name, { verdict, reason }]) => `${name.padEnd(width)}  ${verdict}: ${reason}`)
    .join('\n');
}
