import type { OptionTable } from '@wavetune/cli';
import { isSparkUrl } from '@wavetune/spark';

/** For commands that read logs by an engine of their user's choice; see `withLogEngine`. */
export const ENGINE_OPTION = {
  engine: {
    type: 'string',
    describe:
      'Where to read the logs: a Spark cluster, sc://host:15002, which then also reads s3a://… and the like',
    defaultDescription: 'here',
  },
} as const satisfies OptionTable;

/** What is wrong with the value, or nothing; it may hold a token and is not quoted. */
export function faultOfEngine(engine: string | undefined): string | undefined {
  if (engine === undefined || isSparkUrl(engine)) return undefined;
  return '--engine: accepted is sc://host:port, a Spark Connect server';
}
