import { hitsTask, hitTokensOf, type Simulation } from '@wavetune/cachesim';
import type { Session } from '@wavetune/cli';
import type { TraceColumns } from '@wavetune/core';
import type { Pool } from '@wavetune/pool';
import type { RequestTokens } from './judge.ts';

/** What replays run on. */
export interface Bench {
  readonly pool: Pool;
  readonly session: Session;
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
