import { blockBytesOf } from '@wavetune/cache-sizing';
import { DOT_MARKS, renderDotPlot, renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize, shapeOf } from '@wavetune/core';
import { savedSecondsOf } from './document.ts';
import { duration, percent, ratioOf } from './figures.ts';
import { labelOf, rankOf } from './policy-list.ts';
import type { Comparison, Figures, Ground, Result, Size } from './replay-trace.ts';
import { SEEDS } from './seeds.ts';

/** The results of one policy, in the order of the sizes. */
interface Row {
  readonly label: string;
  readonly results: readonly Result[];
}

const PLOT_WIDTH = 64;
const BOUND = 'optimum';

/** What a person reads: what was replayed, each policy at each size, the same as a plot, the best at each size. */
export function reportOf(comparison: Comparison): string {
  const { ground, sizes, results } = comparison;
  const { ceiling, window, model, trace } = ground;
  const { blockSize } = trace.columns;
  const { inputTokens } = window;
  return [
    headOf(ground, results[0]),
    ...sampleNote(comparison),
    ...tablesOf({ ceiling, inputTokens, model, blockSize, sizes, results }),
  ].join('\n\n');
}

/** Each policy at each size, the same as a plot, the best at each size. */
export function tablesOf(figures: Figures): readonly string[] {
  const rows = rowsOf(figures);
  return [ratioTable(figures, rows), plotOf(figures, rows), bestTable(figures, rows)];
}

/** The trace, the window and the ceiling. */
export function headOf({ trace, window, ceiling }: Ground, result?: Result): string {
  const { requests, references, distinctBlocks } = shapeOf(trace.columns);
  const { blockSize, tail, format } = trace.quality;
  const share = percent(ratioOf(ceiling.hitTokens, window.inputTokens));
  const lines = [
    `trace    ${formatCount(requests)} requests, ${formatCount(references)} block references, ${formatCount(distinctBlocks)} distinct blocks of ${formatCount(blockSize)} tokens (${format}, tail: ${tail})`,
    `window   the last ${formatCount(window.requests)} requests, ${formatCount(window.inputTokens)} prompt tokens; the cache is warm from the first request`,
    `ceiling  ${formatCount(ceiling.hitTokens)} tokens, ${share}: a cache without limits`,
  ];
  if (result !== undefined)
    lines.push(`rules    residency ${result.residency}, hits ${result.hits}`);
  return lines.join('\n');
}

/** What an estimate is worth; nothing for exact figures. */
function sampleNote({ results }: Comparison): readonly string[] {
  const estimates = results.flatMap(({ sample }) => sample ?? []);
  if (estimates.length === 0) return [];
  const errors = estimates.map(({ standardError }) => standardError);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return [
    `estimates, not counts: mean of ${SEEDS.length} samples of ${percent(estimates[0].ratio)} of the chains in caches of that share; standard error of a hit ratio ${percent(mean)} on average, ${percent(Math.max(...errors))} at most`,
  ];
}

/** Best first, by hit tokens over all sizes; the bound on top. */
function rowsOf({ results, sizes }: Figures): readonly Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < results.length; i += sizes.length) {
    rows.push({ label: labelOf(results[i]), results: results.slice(i, i + sizes.length) });
  }
  return rows.sort(
    (a, b) =>
      Number(isBound(b)) - Number(isBound(a)) ||
      totalOf(b) - totalOf(a) ||
      rankOf(a.results[0].policy) - rankOf(b.results[0].policy),
  );
}

function ratioTable({ ceiling: most, inputTokens, sizes }: Figures, rows: readonly Row[]): string {
  const columns: TableColumn[] = [
    { heading: 'hit tokens / prompt tokens', align: 'left' },
    ...sizes.map((size) => ({ heading: headingOf(size), align: 'right' as const })),
  ];
  const ceiling = ratioOf(most.hitTokens, inputTokens);
  return renderTable(columns, [
    ['ceiling (no limit)', ...sizes.map(() => percent(ceiling))],
    ...rows.map((row) => [
      isBound(row) ? `${row.label} (knows the future)` : row.label,
      ...row.results.map((result) => percent(tokenRatio(result))),
    ]),
  ]);
}

function plotOf(figures: Figures, rows: readonly Row[]): string {
  const { sizes } = figures;
  const ceiling = ratioOf(figures.ceiling.hitTokens, figures.inputTokens) ?? 0;
  const ratios = rows.map(({ results }) => results.map((result) => tokenRatio(result)));
  const most = Math.max(ceiling, ...ratios.flat().map((ratio) => ratio ?? 0));
  const plot = renderDotPlot(
    rows.map(({ label }, i) => ({ label, values: ratios[i] })),
    { most, limit: ceiling, width: PLOT_WIDTH, format: percent },
  );
  const marks = sizes.map((size, i) => `${DOT_MARKS[i] ?? '+'} ${headingOf(size)}`);
  return `${plot}\n${marks.join('   ')}   │ ceiling`;
}

/** For each size what it takes, its best policy, and what that saves; beside it LRU and how much of the way to the bound it left. */
function bestTable(figures: Figures, rows: readonly Row[]): string {
  const { sizes } = figures;
  const columns: readonly TableColumn[] = [
    { heading: 'capacity', align: 'left' },
    { heading: 'memory', align: 'right' },
    { heading: 'best policy', align: 'left' },
    { heading: 'hit ratio', align: 'right' },
    { heading: 'prefill tokens saved', align: 'right' },
    { heading: 'prefill time saved', align: 'right' },
    { heading: 'gap lru → optimum closed', align: 'right' },
  ];
  return renderTable(
    columns,
    sizes.map((size, i) => {
      const at = rows.filter((row) => !isBound(row)).map((row) => row.results[i]);
      const best = at.reduce(
        (a, b) => (b.hitTokens > a.hitTokens ? b : a),
        at[0] ?? rows[0].results[i],
      );
      const seconds = savedSecondsOf(best, figures.model);
      return [
        headingOf(size),
        memoryOf(size, figures),
        labelOf(best),
        percent(tokenRatio(best)),
        formatCount(best.hitTokens),
        seconds === undefined ? '–' : duration(seconds),
        percent(
          closedGap(
            rows.map((row) => row.results[i]),
            best,
          ),
        ),
      ];
    }),
  );
}

function closedGap(at: readonly Result[], best: Result): number | undefined {
  const lru = at.find(({ policy }) => policy === 'lru');
  const bound = at.find(({ policy }) => policy === BOUND);
  if (lru === undefined || bound === undefined) return undefined;
  return ratioOf(best.hitTokens - lru.hitTokens, bound.hitTokens - lru.hitTokens);
}

function memoryOf({ blocks }: Size, { model, blockSize }: Figures): string {
  if (model === undefined) return '–';
  return formatSize(blocks * blockBytesOf(model, blockSize));
}

function headingOf({ text, blocks }: Size): string {
  return text === String(blocks)
    ? `${formatCount(blocks)} blocks`
    : `${text} (${formatCount(blocks)})`;
}

function isBound({ results }: Row): boolean {
  return results[0].policy === BOUND;
}

function totalOf({ results }: Row): number {
  return results.reduce((sum, { hitTokens }) => sum + hitTokens, 0);
}

function tokenRatio({ hitTokens, inputTokens }: Result): number | undefined {
  return ratioOf(hitTokens, inputTokens);
}
