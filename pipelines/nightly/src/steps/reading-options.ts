import type { Config } from '../config/config-schema.ts';

/** The options that every command takes that reads logs. */
export function readingOptions(
  config: Config,
): Record<string, string | number | boolean | undefined> {
  return {
    ...config.logs.options,
    'max-bad': 1,
    'engine-memory': config.engine_memory,
    threads: config.threads,
  };
}
