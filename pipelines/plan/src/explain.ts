import { defineCommand, type OptionTable } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import { optimizePlan } from '@wavetune/ir';
import { checkOutputs, withEngine } from '@wavetune/log-input';
import {
  bindPlan,
  COST_OPTIONS,
  costOptionsOf,
  costPlan,
  faultOfPlanOptions,
  filesIn,
  inputFilesOf,
  metricsFileOf,
  pathsRead,
  readPlanFile,
  tableFilesOf,
} from '@wavetune/plan-input';
import { type Explained, reportOf, summaryOf } from './explain-report.ts';
import { parquetReads } from './parquet-reads.ts';
import { faultOfThreads, PLAN_OPTIONS } from './plan-options.ts';

const OPTIONS = {
  ...PLAN_OPTIONS,
  ...COST_OPTIONS,
  seed: { type: 'number', default: 1, describe: 'Of the sample and of its bounds' },
  passes: {
    type: 'boolean',
    default: false,
    describe: 'The plan after each pass that changes it',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'A machine-readable answer on standard output',
  },
} as const satisfies OptionTable;

/** What a plan is, what it becomes, and what it costs. */
export const explain = defineCommand({
  name: 'explain',
  summary:
    'Shows the tree of a plan, the schema at every node, its SQL, and what each node costs: estimated beside measured.',
  options: OPTIONS,
  operand: 'plan',
  examples: [
    ['plan explain plan.json --sample orders.parquet', 'of a plan over one table'],
    [
      'plan explain plan.json --sample orders.parquet --rhs customers=customers.parquet --passes',
      'of two, and what the passes make of it',
    ],
    ['plan explain plan.json', 'without rows: nothing is measured'],
  ],
  check: (raw) =>
    faultOfPlanOptions(raw) ??
    faultOfThreads(raw) ??
    (Number.isSafeInteger(raw.seed) ? undefined : `--seed ${raw.seed}: accepted is a whole number`),
  async run(raw, session) {
    const files = tableFilesOf(raw);
    const file = await readPlanFile(raw.plan);
    await checkOutputs({ 'metrics-out': raw['metrics-out'] }, pathsRead(raw.plan, file, raw));
    const explained = await withEngine(raw, session, async (engine): Promise<Explained> => {
      const cost = costOptionsOf(raw, raw.seed);
      const bound = await bindPlan(file, { files, worldSize: cost.worldSize, engine });
      const plan = optimizePlan(bound.plan);
      const runs = bound.unbound.length === 0;
      const metrics = await costPlan(plan, { ...cost, engine, runs });
      const { sql } = await engine.explain(plan);
      const reads = await parquetReads(engine, plan);
      return { path: raw.plan, format: file.format, bound, plan, metrics, sql, reads };
    });
    session.checkpoint();
    if (raw['metrics-out'] !== undefined) {
      const from = await inputFilesOf([raw.plan, ...filesIn(explained.plan)]);
      const made = { by: 'plan explain', from };
      await publishFile(raw['metrics-out'], metricsFileOf(explained.metrics, made));
    }
    session.print(
      raw.json ? canonicalJson(summaryOf(explained)) : reportOf(explained, { passes: raw.passes }),
    );
  },
});
