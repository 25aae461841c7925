import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ChdbServer,
  startChdbServer,
} from '../packages/clickhouse/tests/support/chdb-server.ts';
import { roundedLines } from './support/rounded-lines.ts';
import { type Outcome, runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('read-elsewhere');
const CHAT = fileURLToPath(new URL('../assets/samples/chat.jsonl', import.meta.url));
const EVENTS = fileURLToPath(new URL('../assets/sample_events.jsonl', import.meta.url));
const TIMEOUT_MILLIS = 120_000;

/** Rows of one log, as a Parquet file and as a table. */
const requests = join(folder, 'requests.parquet');
let server: ChdbServer;
let host: string;

beforeAll(async () => {
  server = await startChdbServer();
  host = `clickhouse://127.0.0.1:${server.port}`;
  await server.run(`CREATE TABLE requests ENGINE = MergeTree ORDER BY n AS SELECT rowNumberInAllBlocks() AS n, *
    FROM file('${CHAT}', 'JSONEachRow', 'timestamp Int64, input_length UInt32, output_length UInt32, hash_ids Array(UInt64)')
    SETTINGS max_threads = 1`);
  await server.run(
    `INSERT INTO FUNCTION file('${requests}', 'Parquet') SELECT * FROM requests ORDER BY n`,
  );
  await server.run(`CREATE TABLE clicks ENGINE = MergeTree ORDER BY ts AS SELECT number * 3000 AS ts,
    concat('u', toString(number % 9)) AS user, 'click' AS action, concat('p', toString(number * 7919 % 40)) AS item FROM numbers(500)`);
  await server.run(`CREATE TABLE events ENGINE = MergeTree ORDER BY timestamp_ms AS SELECT * FROM file('${EVENTS}', 'JSONEachRow',
    'prefix_id String, tenant String, model_id String, layer UInt32, page_start UInt32, page_end UInt32, bytes UInt64, latency_ms Float64, timestamp_ms Int64')`);
}, TIMEOUT_MILLIS);

afterAll(() => server.close());

/** Its documents name their inputs, which are the only difference. */
const withoutInputs = (text: string): unknown => {
  const document = JSON.parse(text);
  return { ...document, meta: { ...document.meta, inputs: [] } };
};

async function succeed(command: string, ...words: readonly string[]): Promise<Outcome> {
  const outcome = await runCli(command, words);
  expect(outcome).toMatchObject({ status: 0 });
  return outcome;
}

describe('a log in a ClickHouse table gives what the same rows in a file give', {
  timeout: TIMEOUT_MILLIS,
}, () => {
  it('to replay-cache', async () => {
    const words = ['--policies', 'lru,s3-fifo,optimum', '--block-size', '512', '--json'];
    const there = ['--trace', `${host}/requests`, '--engine', host];
    const [here, remote] = await Promise.all([
      succeed('replay-cache', '--trace', requests, ...words),
      succeed('replay-cache', ...there, ...words),
    ]);
    expect(remote.stdout).toBe(here.stdout);
  });

  it('to replay-tuner, which calls the option --read-with', async () => {
    const words = ['--capacity', '10%', '--block-size', '512', '--out', '-'];
    const there = ['--trace', `${host}/requests`, '--read-with', host];
    const [here, remote] = await Promise.all([
      succeed('replay-tuner', '--trace', requests, ...words),
      succeed('replay-tuner', ...there, ...words),
    ]);
    expect(withoutInputs(remote.stdout)).toEqual(withoutInputs(here.stdout));
    expect(JSON.parse(remote.stdout).meta.inputs).toEqual([{ path: `${host}/requests`, bytes: 0 }]);
  });

  it('to prefix-indexer ingest: requests; a batch that it has is passed over', async () => {
    const words = ['--weight', 'requests', '--block-size', '512'];
    const [here, there] = ['here', 'there'].map((name) => join(folder, `${name}.jsonl`));
    const place = [`${host}/requests`, '--engine', host, '--batch-id', 'monday'];
    await Promise.all([
      succeed('prefix-indexer', 'ingest', requests, '--store', here, ...words),
      succeed('prefix-indexer', 'ingest', ...place, '--store', there, ...words),
    ]);
    const dumps = await Promise.all(
      [here, there].map((store) => succeed('prefix-indexer', 'dump', '--store', store)),
    );
    const again = await succeed('prefix-indexer', 'ingest', ...place, '--store', there, ...words);
    expect(again.stdout).toMatch(/^known before/);
    expect(dumps[0].stdout.split('\n').length).toBeGreaterThan(1000);
    expect(dumps[1].stdout).toBe(dumps[0].stdout);
  });

  it('to prefix-indexer ingest: prefix events, masses but for the order of their addition', async () => {
    const [here, there] = ['a', 'b'].map((name) => join(folder, `${name}.jsonl`));
    const place = [`${host}/events`, '--engine', host, '--batch-id', 'monday'];
    await Promise.all([
      succeed('prefix-indexer', 'ingest', EVENTS, '--store', here),
      succeed('prefix-indexer', 'ingest', ...place, '--store', there),
    ]);
    const [ours, theirs] = await Promise.all(
      [here, there].map((store) => succeed('prefix-indexer', 'dump', '--store', store)),
    );
    expect(roundedLines(theirs.stdout)).toEqual(roundedLines(ours.stdout));
  });
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.log('skipped: cache-policy, since there is no redis-server on the PATH');

describe.skipIf(!hasRedis)('cache-policy replay --engine', { timeout: TIMEOUT_MILLIS }, () => {
  const words = ['--planner', 'frequency', '--memory', '20KiB', '--windows', '4', '--json'];
  const runOf = async (...more: readonly string[]) => {
    const { stdout } = await succeed('cache-policy', 'replay', ...more, ...words);
    const { runs, measured } = JSON.parse(stdout);
    return { counts: runs[0].counts, measured };
  };

  it('replays requests as from a file', async () => {
    const size = ['--block-size', '512', '--limit', '1500'];
    const here = await runOf('--trace', requests, ...size);
    const there = await runOf('--trace', `${host}/requests`, '--engine', host, ...size);
    expect(there).toEqual(here);
  });

  it('replays item events in their order', async () => {
    const out = join(folder, 'clicks.parquet');
    await server.run(
      `INSERT INTO FUNCTION file('${out}', 'Parquet') SELECT * FROM clicks ORDER BY ts`,
    );
    const here = await runOf('--trace', out);
    const there = await runOf('--trace', `${host}/clicks`, '--engine', host);
    expect(there).toEqual(here);
  });
});

describe('an engine that is none is refused before anything is read', {
  timeout: TIMEOUT_MILLIS,
}, () => {
  it.each([
    ['replay-cache', '--engine', ['--trace', CHAT]],
    ['replay-tuner', '--read-with', ['--trace', CHAT, '--capacity', '10%']],
    ['cache-policy', '--engine', ['replay', '--trace', CHAT]],
    ['prefix-indexer', '--engine', ['ingest', CHAT, '--store', join(folder, 'x.jsonl')]],
  ])('by %s', async (command, option, words) => {
    const { status, stderr } = await runCli(command, [...words, option, 'https://u:secret@host']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^[\w-]+: usage\.bad-arguments: /)]);
    expect(stderr).toContain(`${option}: accepted is sc://host:port, a Spark Connect server, or`);
    expect(stderr).not.toContain('secret');
  });

  it('and so are a table without a batch’s name, and a plan with --read-with', async () => {
    const ingest = await runCli('prefix-indexer', ['ingest', `${host}/events`, '--engine', host]);
    expect([ingest.status, ingest.stderr]).toEqual([2, expect.stringContaining('--batch-id')]);
    const plan = fileURLToPath(new URL('../assets/samples/plan.json', import.meta.url));
    const tuner = await runCli('replay-tuner', ['--trace', plan, '--read-with', host]);
    expect([tuner.status, tuner.stderr]).toEqual([2, expect.stringContaining('--read-with')]);
  });
});
