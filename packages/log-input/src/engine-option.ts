import type { OptionTable } from '@wavetune/cli';

/** For commands that read logs by an engine of their user's choice; see `withLogEngine`. */
export const ENGINE_OPTION = {
  engine: {
    type: 'string',
    describe:
      'Where to read the logs: a Spark cluster, sc://host:15002, which then also reads s3a://… and the like, ' +
      'or a ClickHouse server, clickhouse://host:8123, for logs in tables, clickhouse://host:8123/db.table',
    defaultDescription: 'here',
  },
} as const satisfies OptionTable;

/** Which engine an address names; undefined for none. Asking loads neither. */
export function engineKind(engine: string): 'spark' | 'clickhouse' | undefined {
  if (engine.startsWith('sc://')) return 'spark';
  return engine.startsWith('clickhouse://') ? 'clickhouse' : undefined;
}

/**
 * What is wrong with the value, or nothing; it may hold a token or a password and is not quoted.
 *
 * @param option - What the command calls it.
 */
export function faultOfEngine(engine: string | undefined, option = 'engine'): string | undefined {
  if (engine === undefined || engineKind(engine) !== undefined) return undefined;
  return `--${option}: accepted is sc://host:port, a Spark Connect server, or clickhouse://host:port, a ClickHouse server`;
}
