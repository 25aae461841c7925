import { defineCommand, type OptionTable } from '@wavetune/cli';
import { canonicalJson } from '@wavetune/core';
import { optimizePlan } from '@wavetune/ir';
import { withEngine } from '@wavetune/log-input';
import { bindPlan, costPlan, readPlanFile } from '@wavetune/plan-input';
import { type Explained, reportOf, summaryOf } from './explain-report.ts';
import { faultOfTableOptions, TABLE_OPTIONS, tableFilesOf } from './table-options.ts';

const OPTIONS = {
  ...TABLE_OPTIONS,
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
  check: faultOfTableOptions,
  async run(raw, session) {
    const file = await readPlanFile(raw.plan);
    const files = tableFilesOf(raw);
    const explained = await withEngine(raw, session, async (engine): Promise<Explained> => {
      const worldSize = raw['world-size'];
      const bound = await bindPlan(file, { files, worldSize, engine });
      const plan = optimizePlan(bound.plan);
      const runs = bound.unbound.length === 0;
      const metrics = await costPlan(plan, { engine, worldSize, runs });
      const { sql } = await engine.explain(plan);
      return { path: raw.plan, format: file.format, bound, plan, metrics, sql };
    });
    session.checkpoint();
    session.print(
      raw.json ? canonicalJson(summaryOf(explained)) : reportOf(explained, { passes: raw.passes }),
    );
  },
});
