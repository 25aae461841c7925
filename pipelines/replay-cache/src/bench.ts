import type { Session } from '@wavetune/cli';
import type { Pool } from '@wavetune/pool';

/** What simulations run on. */
export interface Bench {
  readonly pool: Pool;
  readonly session: Session;
}
