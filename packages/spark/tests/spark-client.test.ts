import { arrowChunks, type Chunk } from '@wavetune/engine';
import type { Schema } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSpark, runScript, type SparkClient } from '../src/index.ts';
import { type Cluster, sharedCluster, whyNoCluster } from './support/cluster.ts';
import { jobsLeftAfter } from './support/watch-jobs.ts';

const STARTS_WITHIN = 180_000;
const IDS: Schema = [{ name: 'id', type: { kind: 'u64' } }];

async function idsOf(client: SparkClient, query: string): Promise<bigint[]> {
  const ids: bigint[] = [];
  for await (const { data } of client.execute(query)) {
    for await (const { columns } of arrowChunks(data, IDS, 'bits') as AsyncIterable<Chunk>) {
      if (columns[0].kind === 'u64') ids.push(...columns[0].values);
    }
  }
  return ids;
}

describe.skipIf(whyNoCluster() !== undefined)('a Spark Connect client', () => {
  let cluster: Cluster;
  let client: SparkClient;

  beforeAll(async () => {
    cluster = await sharedCluster();
    client = await connectSpark(cluster.url);
  }, STARTS_WITHIN);
  afterAll(() => client?.close());

  it('speaks to Spark 4', () => {
    expect(client.sparkVersion).toMatch(/^4\./);
    expect(client.server).toBe(cluster.url.slice('sc://'.length));
  });

  it('reads a result batch by batch, every row once and in order', async () => {
    const ids = await idsOf(client, 'SELECT id FROM range(0, 300000, 1, 4)');
    expect(ids.length).toBe(300_000);
    expect(ids.every((id, at) => id === BigInt(at))).toBe(true);
  });

  it('takes numbers past 2^63 as they are', async () => {
    const query = 'SELECT CAST(18446744073709551615 AS DECIMAL(20, 0)) AS id';
    expect(await idsOf(client, query)).toEqual([2n ** 64n - 1n]);
  });

  it('keeps settings for its session', async () => {
    await client.configure({ 'spark.sql.session.timeZone': 'UTC' });
    expect(await client.setting('spark.sql.session.timeZone')).toBe('UTC');
    expect(await client.setting('spark.wavetune.nothing')).toBeUndefined();
  });

  it('explains without running', async () => {
    expect(await client.explain('SELECT count(*) FROM range(7)')).toContain('HashAggregate');
  });

  it("refuses with Spark's own error class and SQLSTATE", async () => {
    await expect(idsOf(client, 'SELECT nope FROM range(3)')).rejects.toMatchObject({
      code: 'spark.query-failed',
      details: { errorClass: 'UNRESOLVED_COLUMN.WITH_SUGGESTION', sqlState: '42703' },
      message: expect.stringContaining('[UNRESOLVED_COLUMN.WITH_SUGGESTION]'),
    });
  });

  it('takes a query back that misses its deadline, and runs the next', async () => {
    const hasty = await connectSpark(cluster.url, { deadlineMillis: 4000 });
    const forever = 'SELECT count(*) AS id FROM range(100000000000) WHERE hash(id) = 1';
    await expect(idsOf(hasty, forever)).rejects.toMatchObject({ code: 'spark.deadline' });
    expect(await jobsLeftAfter(cluster, 0)).toBe(0);
    await hasty.close();
  });

  it('runs a program over the rows of shards', async () => {
    const lines = await Array.fromAsync(
      runScript(client, {
        query: String.raw`SELECT id % 3 AS shard, id, concat("it's\t", id, '\n') AS name FROM range(9)`,
        schema: [
          { name: 'shard', type: { kind: 'i64' } },
          { name: 'id', type: { kind: 'i64' } },
          { name: 'name', type: { kind: 'text' } },
        ],
        shardBy: 'shard',
        orderBy: ['id'],
        send: ['shard', 'id', 'name'],
        command: ['sed', "s/it's/$it/"],
      }),
    );
    const rows = lines.map((line) => line.split('\t').map((value) => JSON.parse(value)));
    expect(rows.toSorted((a, b) => a[1] - b[1])).toEqual(
      Array.from({ length: 9 }, (_, id) => [id % 3, id, [`$it\t${id}\n`]]),
    );
    const order = new Map(rows.map(([shard], at) => [shard, at]));
    for (const [shard, last] of order) {
      const own = rows.flatMap((row, at) => (row[0] === shard ? [at] : []));
      expect(own).toEqual([last - 2, last - 1, last]);
    }
  });

  it('says what a program that fails said', async () => {
    const failing = runScript(client, {
      query: 'SELECT id FROM range(9)',
      schema: IDS,
      shardBy: 'id',
      orderBy: [],
      send: ['id'],
      command: ['sh', '-c', 'cat >/dev/null; echo no such shard >&2; exit 7'],
    });
    await expect(Array.fromAsync(failing)).rejects.toMatchObject({
      code: 'spark.query-failed',
      message: expect.stringMatching(/status 7.*no such shard/),
    });
  });
});
