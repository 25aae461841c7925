import { join } from 'node:path';
import { openEngine } from '@wavetune/engine';
import { I64, listOf, scan, U64 } from '@wavetune/ir';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCluster, whyNoCluster } from '../packages/spark/tests/support/cluster.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const TIMEOUT_MILLIS = 300_000;
const scratch = scratchFolder('read-by-spark');
const trace = join(scratch, 'trace.parquet');
const isMissing = whyNoCluster() !== undefined;

async function makeTrace(): Promise<void> {
  const lines = join(scratch, 'trace.jsonl');
  await runCli('make-trace', ['--requests', '600', '--ids', 'u64', '--out', lines]);
  const engine = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 28 });
  const columns = [
    ...['timestamp', 'input_length', 'output_length'].map((name) => ({ name, type: I64 })),
    { name: 'hash_ids', type: listOf(U64) },
  ];
  await engine.writeParquet(scan({ format: 'json_lines', files: [lines], columns }), trace);
  await engine.close();
}

async function outputOf(command: string, words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(command, words);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe.skipIf(isMissing)('a log that Spark reads', () => {
  const cluster = isMissing ? undefined : ownCluster();
  afterAll(() => cluster?.down());

  it('gives replay-tuner and prefix-indexer what the same log gives here', {
    timeout: TIMEOUT_MILLIS,
  }, async () => {
    await makeTrace();
    const tune = ['--trace', trace, '--capacity', '10%', '--out', '-'];
    const tuned = await outputOf('replay-tuner', tune);
    expect(await outputOf('replay-tuner', [...tune, '--read-with', cluster!.url])).toBe(tuned);
    const dumps: string[] = [];
    for (const more of [[], ['--engine', cluster!.url]]) {
      const store = join(scratch, `${more.length}.jsonl`);
      const words = ['ingest', trace, '--store', store, '--weight', 'requests', ...more];
      await outputOf('prefix-indexer', words);
      dumps.push(await outputOf('prefix-indexer', ['dump', '--store', store]));
    }
    expect(dumps[0].length).toBeGreaterThan(1000);
    expect(dumps[1]).toBe(dumps[0]);
  });
});
