import { renderTable, type TableColumn } from '@wavetune/cli';
import type { CostConstants, FitResult, PairEvaluation, PairVerdict } from '@wavetune/kernels';

/** The verdict in the form that `--evaluate --json` prints. */
export function judgement(evaluation: PairEvaluation): object {
  const { n, regret, defaultRegret, oldDefaultRegret, harmShare, deviates } = evaluation;
  const { timeError, ratioError, byDevice, byModel } = evaluation;
  return {
    n,
    regret,
    defaultRegret,
    oldDefaultRegret,
    harmShare,
    deviates,
    timeError,
    ratioError,
    byDevice,
    byModel,
  };
}

const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const VERDICT_COLUMNS: readonly TableColumn[] = [
  { heading: '', align: 'left' },
  right('rows'),
  right('regret'),
  right('of default'),
  right('of older'),
  right('harm'),
  right('leaves default'),
  right('time error'),
];

/** A verdict as a table: all rows, then by device, then by model. */
export function verdictReport(evaluation: PairEvaluation): string {
  return renderTable(VERDICT_COLUMNS, [
    cellsOf('all', evaluation),
    ...Object.entries(evaluation.byDevice).map(([name, verdict]) =>
      cellsOf(`device ${name}`, verdict),
    ),
    ...Object.entries(evaluation.byModel).map(([name, verdict]) =>
      cellsOf(`model ${name}`, verdict),
    ),
  ]);
}

/** Before and after a fit, each model left out, and the constants. */
export function fitReport(fit: {
  readonly before: PairEvaluation;
  readonly after: PairEvaluation;
  readonly leftOut: readonly FitResult[];
  readonly constants: CostConstants;
}): string {
  const rows = [
    cellsOf('before', fit.before),
    cellsOf('after', fit.after),
    ...Object.entries(fit.after.byDevice).map(([name, verdict]) =>
      cellsOf(`  device ${name}`, verdict),
    ),
    ...fit.leftOut.map(({ job, verdict }) => cellsOf(`  without ${job.leftOut}`, verdict)),
  ];
  const constants = Object.entries(fit.constants).map(([name, value]) => [name, String(value)]);
  return [
    renderTable(VERDICT_COLUMNS, rows),
    '',
    renderTable([{ heading: 'constant', align: 'left' }, right('value')], constants),
  ].join('\n');
}

function cellsOf(name: string, verdict: PairVerdict): readonly string[] {
  const percent = (ratio: number) => `${(100 * ratio).toFixed(2)} %`;
  return [
    name,
    String(verdict.n),
    percent(verdict.regret),
    percent(verdict.defaultRegret),
    percent(verdict.oldDefaultRegret),
    percent(verdict.harmShare),
    percent(verdict.deviates),
    percent(verdict.timeError),
  ];
}
