import { optimizePlan, type Plan } from '@wavetune/ir';
import { type MeasuredPlan, type MeasuredRun, relationsOf } from '@wavetune/metrics';
import { duckdb, type ResolveFile, toSql } from '@wavetune/sql';
import { runProfile } from './profile.ts';
import { inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';
import { stageRelations } from './stage.ts';

/** What the plan costs as one query, then what each relation has. */
export function measurePlan(session: Session, plan: Plan): Promise<MeasuredPlan> {
  return inRun(session, async (run) => {
    const resolve = await settleFiles(session, run, plan);
    const whole = await measureWhole(run, plan, resolve);
    const stages = await stageRelations({ run, resolve, relations: relationsOf(plan) });
    return { nodes: stages.map(({ measured }) => measured), run: whole };
  });
}

/** The plan as one query, as it runs otherwise. */
export async function measureWhole(
  run: Run,
  plan: Plan,
  resolve: ResolveFile,
): Promise<MeasuredRun> {
  const sql = toSql(optimizePlan(plan), { dialect: duckdb, resolve });
  const { seconds, peakMemoryBytes, spilledBytes } = await runProfile(run.connection, sql);
  return { seconds, peakMemoryBytes, spilledBytes };
}
