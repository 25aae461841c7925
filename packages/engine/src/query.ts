import { publishBy } from '@wavetune/core';
import { optimizePlan, type Plan, printPlan, schemaOf } from '@wavetune/ir';
import { copyToParquet, duckdb, type ParquetCodec, saveAsTable, toSql } from '@wavetune/sql';
import type { Chunk } from './chunk.ts';
import { type Profile, runProfile } from './profile.ts';
import { type Row, rowsOf } from './rows.ts';
import {
  beginRun,
  checkInterrupted,
  codedFailure,
  endRun,
  inRun,
  type Run,
  type Session,
  watchProgress,
} from './session.ts';
import { settleFiles } from './settle.ts';
import { toVector } from './to-vector.ts';

/** How a plan is run. */
export interface Explanation {
  /** The optimised plan as text, a node a line. */
  readonly tree: string;
  readonly sql: string;
  /** Where it was asked to run. */
  readonly profile?: Profile;
}

export function streamChunks(session: Session, plan: Plan): AsyncGenerator<Chunk> {
  const chunks = generateChunks(session, plan, () => chunks.return(undefined));
  return chunks;
}

export function collectRows(session: Session, plan: Plan): Promise<readonly Row[]> {
  return rowsOf(streamChunks(session, plan), schemaOf(plan));
}

export function writeParquet(
  session: Session,
  plan: Plan,
  target: { readonly path: string; readonly codec: ParquetCodec },
): Promise<void> {
  const { path, codec } = target;
  return inRun(session, async (run) => {
    const sql = await sqlOf(session, run, plan);
    await publishBy(path, async (temporary) => {
      run.writing = { temporary, path };
      await run.connection.run(copyToParquet(sql, temporary, codec));
    });
  });
}

export function saveTable(session: Session, plan: Plan, name: string): Promise<void> {
  return inRun(session, async (run) => {
    await run.connection.run(saveAsTable(await sqlOf(session, run, plan), name));
  });
}

export function explain(session: Session, plan: Plan, runs: boolean): Promise<Explanation> {
  return inRun(session, async (run) => {
    const sql = await sqlOf(session, run, plan);
    const profile = runs ? { profile: await runProfile(run.connection, sql) } : {};
    return { tree: printPlan(optimizePlan(plan)), sql, ...profile };
  });
}

async function sqlOf(session: Session, run: Run, plan: Plan): Promise<string> {
  const optimized = optimizePlan(plan);
  return toSql(optimized, { dialect: duckdb, resolve: await settleFiles(session, run, optimized) });
}

async function* generateChunks(
  session: Session,
  plan: Plan,
  stop: Run['stop'],
): AsyncGenerator<Chunk> {
  const schema = schemaOf(plan);
  const run = await beginRun(session, stop);
  const stopWatching = watchProgress(session, run);
  try {
    const result = await run.connection.stream(await sqlOf(session, run, plan));
    for (;;) {
      checkInterrupted(run);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const columns = schema.map(({ type }, i) => toVector(chunk.getColumnVector(i), type));
      yield { rowCount: chunk.rowCount, columns };
    }
  } catch (failure) {
    throw codedFailure(session, run, failure);
  } finally {
    stopWatching();
    await endRun(session, run);
  }
}
