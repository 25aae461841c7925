import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngine } from '@wavetune/engine';
import { F64, I64, listOf, type Schema, scan, TEXT, U64 } from '@wavetune/ir';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCluster, whyNoCluster } from '../packages/spark/tests/support/cluster.ts';
import { roundedLines } from './support/rounded-lines.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const TIMEOUT_MILLIS = 300_000;
const scratch = scratchFolder('read-by-spark');
const EVENTS = fileURLToPath(new URL('../assets/sample_events.jsonl', import.meta.url));
const isMissing = whyNoCluster() !== undefined;
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.log('skipped: cache-policy, since there is no redis-server on the PATH');

const typed = (type: Schema[number]['type'], ...names: readonly string[]): Schema =>
  names.map((name) => ({ name, type }));

/** JSON lines as Parquet, which Spark reads on its workers. */
async function asParquet(lines: string, columns: Schema): Promise<string> {
  const path = `${join(scratch, basename(lines))}.parquet`;
  const engine = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 28 });
  await engine.writeParquet(scan({ format: 'json_lines', files: [lines], columns }), path);
  await engine.close();
  return path;
}

const EVENT_COLUMNS = [
  ...typed(TEXT, 'prefix_id', 'tenant', 'model_id'),
  ...typed(I64, 'layer', 'page_start', 'page_end', 'bytes', 'timestamp_ms'),
  ...typed(F64, 'latency_ms'),
];

async function makeTrace(): Promise<string> {
  const lines = join(scratch, 'trace.jsonl');
  await runCli('make-trace', ['--requests', '600', '--ids', 'u64', '--out', lines]);
  const lengths = typed(I64, 'timestamp', 'input_length', 'output_length');
  return asParquet(lines, [...lengths, ...typed(listOf(U64), 'hash_ids')]);
}

async function outputOf(command: string, words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(command, words);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe.skipIf(isMissing)('a log that Spark reads', () => {
  const cluster = isMissing ? undefined : ownCluster();
  afterAll(() => cluster?.down());

  /** What the index holds of a file, read here and by Spark. */
  const dumps = async (file: string, name: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const more of [[], ['--engine', cluster!.url]]) {
      const store = join(scratch, `${name}-${more.length}.jsonl`);
      const words = ['ingest', file, '--store', store, '--weight', 'requests', ...more];
      await outputOf('prefix-indexer', words);
      found.push(await outputOf('prefix-indexer', ['dump', '--store', store]));
    }
    expect(found[0].length).toBeGreaterThan(1000);
    return found;
  };

  it('gives every command what the same log gives here', { timeout: TIMEOUT_MILLIS }, async () => {
    const trace = await makeTrace();
    const tune = ['--trace', trace, '--capacity', '10%', '--out', '-'];
    const tuned = await outputOf('replay-tuner', tune);
    expect(await outputOf('replay-tuner', [...tune, '--read-with', cluster!.url])).toBe(tuned);
    const [here, there] = await dumps(trace, 'requests');
    expect(there).toBe(here);
    const [ours, theirs] = await dumps(await asParquet(EVENTS, EVENT_COLUMNS), 'events');
    expect(roundedLines(theirs)).toEqual(roundedLines(ours));
  });

  it.skipIf(!hasRedis)(
    'gives cache-policy the same item events',
    {
      timeout: TIMEOUT_MILLIS,
    },
    async () => {
      const columns = [...typed(I64, 'timestamp'), ...typed(TEXT, 'item', 'user', 'action')];
      const lines = join(scratch, 'clicks.jsonl');
      const clicks = Array.from({ length: 300 }, (_, i) =>
        JSON.stringify({
          timestamp: i * 3000,
          item: `p${(i * 7919) % 40}`,
          user: 'u',
          action: 'a',
        }),
      );
      writeFileSync(lines, clicks.join('\n'));
      const file = await asParquet(lines, columns);
      const words = ['replay', '--trace', file, '--memory', '20KiB', '--windows', '4', '--json'];
      const countsOf = async (...more: readonly string[]) => {
        const { stdout } = await runCli('cache-policy', [...words, ...more]);
        return JSON.parse(stdout).runs[0].counts;
      };
      expect(await countsOf('--engine', cluster!.url)).toEqual(await countsOf());
    },
  );
});
