import {
  firstRequests,
  hitsTask,
  hitTokensOf,
  type Simulation,
  trainTables,
} from '@wavetune/cachesim';
import type { Session } from '@wavetune/cli';
import type { TraceColumns } from '@wavetune/core';
import type { Pool } from '@wavetune/pool';
import { type Candidate, candidatesOf } from './candidates.ts';
import type { RequestTokens } from './judge.ts';
import type { TuningGround } from './tuning-ground.ts';

/** What replays run on. */
export interface Bench {
  readonly pool: Pool;
  readonly session: Session;
}

/** A candidate and its hit tokens on the validation slice. */
export interface ScoredCandidate {
  readonly candidate: Candidate;
  readonly hitTokens: number;
}

/** The winner on the validation slice, and the field. */
export interface PolicyChoice {
  readonly winner: Candidate;
  /** In the order of the candidates. */
  readonly scores: readonly ScoredCandidate[];
  /** The slice is the requests `[validateFrom, tunedEnd)`. */
  readonly validateFrom: number;
}

/** Fits on the beginning of the tuned requests, chooses by the hit tokens on their end; of equals the first. */
export async function choosePolicy(ground: TuningGround, bench: Bench): Promise<PolicyChoice> {
  const { tunedEnd, trace } = ground;
  bench.session.progress.report('fitting', 0);
  const tables = trainTables(trace.columns, tunedEnd);
  const candidates = candidatesOf(ground, tables);
  const seen = firstRequests(trace.columns, tunedEnd);
  const tokens = await replayAll(
    seen,
    candidates.map(({ early }) => early),
    bench,
  );
  const scores = candidates.map((candidate, i) => ({
    candidate,
    hitTokens: sumFrom(tokens[i], tables.validateFrom),
  }));
  const winner = bestOf(scores).candidate;
  return { winner, scores, validateFrom: tables.validateFrom };
}

/** The highest score; of equals the first. */
export function bestOf<T extends { readonly hitTokens: number }>(scores: readonly T[]): T {
  return scores.reduce((best, each) => (each.hitTokens > best.hitTokens ? each : best));
}

/** Hit tokens of every request under each simulation, in their order. */
export async function replayAll(
  columns: TraceColumns,
  simulations: readonly Simulation[],
  { pool, session }: Bench,
): Promise<readonly RequestTokens[]> {
  let done = 0;
  return Promise.all(
    simulations.map(async (simulation) => {
      const input = { columns, simulations: [simulation], firstPlace: 0 };
      const [{ outcome }] = await pool.run(hitsTask, input);
      session.checkpoint();
      session.progress.report('replaying', ++done, simulations.length);
      return hitTokensOf(columns, outcome);
    }),
  );
}

export function sumFrom(tokens: RequestTokens, begin: number): number {
  return tokens.subarray(begin).reduce((sum, count) => sum + count, 0);
}
