import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Writes the address of every module that is loaded. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });
`)}`;
const OF_OTHER_ENGINES = /node_modules\/(@grpc|@clickhouse|protobufjs|apache-arrow)\//;

describe('a command that names no engine', () => {
  it.each(['export-wavespec', 'prefix-indexer', 'replay-cache'])(
    '%s starts without the libraries of Spark and ClickHouse',
    (name) => {
      const main = `pipelines/${name}/src/main.ts`;
      const { status, stderr } = spawnSync('node', ['--import', WATCH, main, '--help'], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      const modules = stderr.split('\n');
      expect(status).toBe(0);
      expect(modules.some((url) => url.includes('/packages/log-input/src/'))).toBe(true);
      expect(modules.filter((url) => OF_OTHER_ENGINES.test(url))).toEqual([]);
    },
  );
});
