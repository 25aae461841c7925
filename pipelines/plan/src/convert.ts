import { defineCommand, type OptionTable } from '@wavetune/cli';
import { publishFile } from '@wavetune/core';
import { datajaxTraceOfPlan, encodeDatajaxTrace, encodePlan } from '@wavetune/ir';
import { checkOutputs, withEngine } from '@wavetune/log-input';
import {
  bindPlan,
  faultOfPlanOptions,
  type PlanFile,
  pathsRead,
  readPlanFile,
  tableFilesOf,
} from '@wavetune/plan-input';
import { faultOfThreads, PLAN_OPTIONS } from './plan-options.ts';

const OPTIONS = {
  ...PLAN_OPTIONS,
  to: {
    type: 'string',
    demandOption: true,
    choices: ['ir/1', 'datajax'],
    describe: 'The form to write; the form that is read is told by its content',
  },
  out: { type: 'string', default: '-', describe: 'Where to write; - is standard output' },
} as const satisfies OptionTable;

/** One form of a plan into the other. */
export const convert = defineCommand({
  name: 'convert',
  summary: 'Writes a plan in the other of its forms: ours (ir/1), or the steps of datajax.',
  options: OPTIONS,
  operand: 'plan',
  examples: [
    [
      'plan convert datajax.json --to ir/1',
      'columns whose types nothing says are told by their use',
    ],
    [
      'plan convert datajax.json --sample orders.parquet --rhs customers=customers.parquet --to ir/1 --out plan.json',
      'over real files, with their types',
    ],
    ['plan convert plan.json --to datajax', 'the steps, where they can say it'],
  ],
  check: (raw) => faultOfPlanOptions(raw) ?? faultOfThreads(raw),
  async run(raw, session) {
    const file = await readPlanFile(raw.plan);
    await checkOutputs({ out: raw.out }, pathsRead(raw.plan, file, raw));
    const { text, assumed } = await withEngine(raw, session, async (engine) => {
      if (raw.to === 'datajax') return { text: datajaxTextOf(file), assumed: [] };
      const files = tableFilesOf(raw);
      const bound = await bindPlan(file, { files, worldSize: raw['world-size'] ?? 1, engine });
      return { text: encodePlan(bound.plan), assumed: bound.assumed };
    });
    if (assumed.length > 0) {
      session.note(
        `types told by use alone: ${assumed.join(', ')}; --sample and --rhs give the real ones`,
      );
    }
    if (raw.out === '-') session.print(text);
    else await publishFile(raw.out, [`${text}\n`]);
  },
});

function datajaxTextOf(file: PlanFile): string {
  return encodeDatajaxTrace(
    file.format === 'datajax' ? file.trace : datajaxTraceOfPlan(file.plan).trace,
  );
}
