import { renderDotPlot, renderLinePlot, renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount } from '@wavetune/core';
import type { TilePolicy } from '@wavetune/kernels';
import {
  gainByBucket,
  halvesStability,
  incumbentStability,
  ruleTotalsOf,
  type StabilityOf,
  totalsOf,
} from './kernel-figures.ts';
import type { KernelHalf } from './kernel-half.ts';
import { type StepsOfBucket, stepsByBucket } from './trace-waves.ts';
import { type DecidedProblem, type KernelTuning, keyOf } from './tune-kernels.ts';

/** What a person reads of the kernel half: steps, totals, tiles and gain over M, stability, notes on files. */
export function kernelReport(half: KernelHalf): string {
  const { tuning } = half;
  return [
    headOf(half),
    stepsPlot(stepsByBucket(tuning.waves.whole)),
    totalsTable(tuning),
    rulesTable(tuning),
    tilesTable(tuning),
    tilesPlot(tuning),
    gainPlot(tuning),
    closingOf(half),
  ].join('\n\n');
}

const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const left = (heading: string): TableColumn => ({ heading, align: 'left' });
const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;

function headOf({ tuning: { ground, waves }, cache }: KernelHalf): string {
  const { device, model, dtype, tp, ep, strategy, margin } = ground;
  const { steps, prefillTokens, decodeTokens } = waves.whole;
  return [
    `kernels   ${model.name} ${dtype}, tp ${tp}, ep ${ep}, on ${device.name}; modelled, against ${strategy.name} with a margin of ${percent(margin)}`,
    `cache     ${cache}`,
    `steps     ${formatCount(steps)} (${ground.arrivals} arrivals, ${formatCount(ground.tokenBudget)} tokens and ${formatCount(ground.maxSequences)} requests at most): ${formatCount(prefillTokens)} prompt tokens, ${formatCount(decodeTokens)} decoded`,
  ].join('\n');
}

const BAR = 40;
const FILLS = { decode: '█', mixed: '▒', prefill: '░' } as const;

/** A bar a bucket, by the square root of its steps: long tails stay visible. */
function stepsPlot(steps: readonly StepsOfBucket[]): string {
  const sizeOf = ({ prefill, decode, mixed }: StepsOfBucket): number => prefill + decode + mixed;
  const most = Math.sqrt(Math.max(1, ...steps.map(sizeOf)));
  const barOf = (bucket: StepsOfBucket): string => {
    const size = sizeOf(bucket);
    const width = Math.max(1, Math.round((BAR * Math.sqrt(size)) / most));
    return (['decode', 'mixed', 'prefill'] as const)
      .map((kind) => FILLS[kind].repeat(Math.round((width * bucket[kind]) / size)))
      .join('');
  };
  const table = renderTable(
    [...['M', 'decode', 'mixed', 'prefill'].map(right), left('steps (square root)')],
    steps.map((bucket) => [
      formatCount(bucket.m),
      ...[bucket.decode, bucket.mixed, bucket.prefill].map(formatCount),
      barOf(bucket),
    ]),
  );
  return `Steps by tokens (M): ${FILLS.decode} decode, ${FILLS.mixed} mixed, ${FILLS.prefill} prefill\n${table}`;
}

function totalsTable(tuning: KernelTuning): string {
  const used = Map.groupBy(tuning.decided, ({ layer }) => layer);
  const uses = (layer: string | null): string => {
    const problems = layer === null ? tuning.decided : (used.get(layer) ?? []);
    const count = problems.filter(({ decision }) => decision.verdict === 'use').length;
    return `${count}/${problems.length}`;
  };
  const totals = totalsOf(tuning);
  const isOfLibrary = totals.some(({ tunable, layer }) => layer !== null && !tunable);
  const table = renderTable(
    [left('layer'), ...['used', tuning.ground.strategy.name, 'tuned', 'gain'].map(right)],
    totals.map((total) => [
      `${total.layer ?? 'all'}${total.tunable || total.layer === null ? '' : ' *'}`,
      uses(total.layer),
      seconds(total.baselineSeconds),
      seconds(total.seconds),
      percent(total.baselineSeconds / total.seconds - 1),
    ]),
  );
  return isOfLibrary ? `${table}\n${LIBRARY_NOTE}` : table;
}

const LIBRARY_NOTE =
  '* engines run these in a library and read no tuned file: the rule’s tile is not what runs today';

function rulesTable(tuning: KernelTuning): string {
  return renderTable(
    [left('each rule as the one to beat'), ...['rule', 'tuned', 'gain'].map(right), left('')],
    ruleTotalsOf(tuning).map((rule) => [
      rule.name,
      seconds(rule.seconds),
      seconds(rule.tunedSeconds),
      percent(rule.seconds / rule.tunedSeconds - 1),
      rule.runnable ? '' : 'some of its tiles cannot run here',
    ]),
  );
}

function tilesTable({ decided }: KernelTuning): string {
  const layers = [...new Set(decided.map(({ layer }) => layer))];
  const buckets = [...new Set(decided.map(({ m }) => m))].sort((a, b) => a - b);
  const byKey = new Map(decided.map((one) => [keyOf(one), one]));
  const cell = (layer: string, m: number): string => {
    const one = byKey.get(keyOf({ layer, m }));
    if (one === undefined) return '';
    return one.decision.verdict === 'use' ? tileText(one.decision.policy) : '=';
  };
  const table = renderTable(
    [right('M'), ...layers.map(right)],
    buckets.map((m) => [formatCount(m), ...layers.map((layer) => cell(layer, m))]),
  );
  return `Chosen tiles over M, BM/BN/BK (= keeps the default)\n${table}`;
}

function tileText({ blockM, blockN, blockK }: TilePolicy): string {
  return `${blockM}/${blockN}/${blockK}`;
}

/** The sizes of the heaviest layer's tiles, on the scale of their doublings. */
function tilesPlot(tuning: KernelTuning): string {
  const [heaviest] = totalsOf(tuning)
    .filter(({ layer }) => layer !== null)
    .sort((one, other) => other.baselineSeconds - one.baselineSeconds);
  const problems = tuning.decided.filter(({ layer }) => layer === heaviest.layer);
  const rows = problems.map(({ m, decision: { policy } }) => ({
    label: `M ${formatCount(m)}`,
    values: [policy.blockM, policy.blockN, policy.blockK].map((size) => Math.log2(size) - SMALLEST),
  }));
  const plot = renderDotPlot(rows, {
    most: LARGEST - SMALLEST,
    width: BAR,
    format: (doublings) => String(2 ** (doublings + SMALLEST)),
  });
  return `Tiles of ${heaviest.layer} over M: 1 BM, 2 BN, 3 BK (one place shows the last)\n${plot}`;
}

/** log2 of the sizes that a tile may have. */
const SMALLEST = 4;
const LARGEST = 8;

function gainPlot({ decided, ground }: KernelTuning): string {
  const points = gainByBucket(decided);
  const title = `Modelled gain of the whole model over ${ground.strategy.name}, by M`;
  if (points.length < 2) return `${title}: ${points.map(({ gain }) => percent(gain)).join('')}`;
  return renderLinePlot({
    title,
    x: points.map(({ m }) => m),
    y: points.map(({ gain }) => Math.max(0, gain)),
    limit: ground.margin,
    formatX: (m) => formatCount(Math.round(m)),
    formatY: percent,
  });
}

function closingOf({ tuning, exports }: KernelHalf): string {
  return [
    ...stabilityLine('halves of the trace', halvesStability(tuning)),
    ...stabilityLine('the incumbent', incumbentStability(tuning)),
    ...evidenceLines(tuning),
    ...exports.flatMap(({ engine, notes }) => notes.map((note) => `${engine}: ${note}`)),
  ].join('\n');
}

function stabilityLine(name: string, stability: StabilityOf | undefined): readonly string[] {
  if (stability === undefined) return [];
  const { problems, changedShare, crossCost } = stability;
  if (changedShare === undefined) return [`stability against ${name}: no problem in common`];
  return [
    `stability against ${name}: ${percent(changedShare)} of ${problems} policies differ; with the other’s the kernels would take ${percent(crossCost ?? 0)} more`,
  ];
}

/** How much of what was handed in found a problem of this trace. */
function evidenceLines({ ground, decided }: KernelTuning): readonly string[] {
  const { measurements, tunedFiles } = ground.evidence;
  const counted = (source: DecidedProblem['decision']['source']): string =>
    formatCount(decided.filter(({ decision }) => decision.source === source).length);
  if (measurements.length + tunedFiles.length === 0) return [];
  const met = new Set(decided.flatMap(({ evidence }) => evidence.measured)).size;
  const unmet = tunedFiles.filter(({ lookUp }) => decided.every(({ problem }) => !lookUp(problem)));
  return [
    `measurements: ${formatCount(met)} of ${formatCount(measurements.length)} are of problems of this trace; ${counted('measured')} choices rest on them, ${counted('neighbour')} on tuned files`,
    ...unmet.map(({ name }) => `${name}: no layer here looks it up`),
  ];
}
