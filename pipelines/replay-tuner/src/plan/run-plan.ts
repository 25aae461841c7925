import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Session } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import { encodePolicies, type Policies } from '@wavetune/documents';
import { checkOutputs, withEngine } from '@wavetune/log-input';
import { metricsFileOf, pathsRead, readPlanFile, tableFilesOf } from '@wavetune/plan-input';
import type { RawOptions } from '../options.ts';
import { planPoliciesOf } from './plan-document.ts';
import { PLAN_STRATEGIES } from './plan-options.ts';
import { planReport } from './plan-report.ts';
import { type PlanTuning, tunePlanFile } from './plan-tuning.ts';

/** From a plan trace to policies.json; nothing is written before all is known. */
export async function runPlan(raw: RawOptions, path: string, session: Session): Promise<void> {
  const files = tableFilesOf(raw);
  const file = await readPlanFile(path);
  const outputs = { out: raw.out, 'metrics-out': raw['metrics-out'] };
  await checkOutputs(outputs, pathsRead(path, file, raw));
  const strategy = PLAN_STRATEGIES.find((name) => name === raw.strategy) ?? 'modelled';
  const tuning = await withEngine(raw, session, (engine) =>
    tunePlanFile(engine, { raw, path, file, files, strategy }),
  );
  session.checkpoint();
  await publishPlan(raw, session, tuning);
}

async function publishPlan(raw: RawOptions, session: Session, tuning: PlanTuning): Promise<void> {
  const policies = planPoliciesOf(tuning);
  const parts = [...encodePolicies(policies)];
  const metricsOut = raw['metrics-out'];
  if (metricsOut !== undefined) {
    const made = { by: 'replay-tuner', from: tuning.inputs };
    await publishFile(metricsOut, metricsFileOf(tuning.metrics, made));
  }
  if (raw.out === '-') await pipeline(Readable.from(parts), process.stdout, { end: false });
  else await publishFile(raw.out, parts);
  if (raw.json) session.print(canonicalJson(summaryOf(policies)));
  else if (raw.out !== '-') {
    const written = [raw.out, ...(metricsOut === undefined ? [] : [metricsOut])];
    session.print(
      [planReport(tuning), written.map((each) => `wrote ${each}`).join('\n')].join('\n\n'),
    );
  }
}

/** What `--json` prints: the figures and the verdicts. */
function summaryOf({ plan }: Policies) {
  if (plan === undefined) throw new Error('a plan’s document holds no plan');
  const { strategy, figures, stagings, total, datajax, sample } = plan;
  return {
    ...{ strategy, figures, total, sample },
    used: stagings.filter(({ verdict }) => verdict === 'use').length,
    stagings: stagings.length,
    datajax: datajax?.policy ?? null,
  };
}
