import { arrowChunks } from '@wavetune/engine';
import type { Schema } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSpark, type SparkClient } from '../src/index.ts';
import { ownCluster, whyNoCluster } from './support/cluster.ts';
import { jobsLeftAfter, untilTasksDone } from './support/watch-jobs.ts';

const STARTS_WITHIN = 180_000;
const ROWS = 100_000_000;
const GROUPS = 1000;
const SUMS = `SELECT CAST(id % ${GROUPS} AS BIGINT) AS k, sum(id) AS total FROM range(0, ${ROWS}, 1, 60)
  WHERE hash(id) <> 7 OR id >= 0 GROUP BY 1 ORDER BY 1`;
const SCHEMA: Schema = [
  { name: 'k', type: { kind: 'i64' } },
  { name: 'total', type: { kind: 'i64' } },
];

async function sumsOf(client: SparkClient): Promise<bigint[]> {
  const sums: bigint[] = [];
  for await (const { data } of client.execute(SUMS)) {
    for await (const { columns } of arrowChunks(data, SCHEMA, 'bits')) {
      if (columns[1].kind === 'i64') sums.push(...columns[1].values);
    }
  }
  return sums;
}

/** k, k + 1000, k + 2000, … below the number of rows. */
function expectedSums(): bigint[] {
  const members = BigInt(ROWS / GROUPS);
  const steps = (BigInt(GROUPS) * members * (members - 1n)) / 2n;
  return Array.from({ length: GROUPS }, (_, k) => BigInt(k) * members + steps);
}

describe.skipIf(whyNoCluster() !== undefined)('a cluster whose processes are killed', () => {
  const token = 'a secret of this test';
  let cluster: ReturnType<typeof ownCluster>;
  let client: SparkClient;

  beforeAll(async () => {
    cluster = ownCluster(token);
    client = await connectSpark(withToken(cluster.url));
  }, STARTS_WITHIN);
  afterAll(async () => {
    await client?.close();
    cluster?.down();
  });

  const withToken = (url: string): string => `${url}/;token=${encodeURIComponent(token)}`;

  it('lets in who has the token, and prints it nowhere', async () => {
    const refused = connectSpark(`${cluster.url}/;token=wrong`);
    await expect(refused).rejects.toMatchObject({ code: 'spark.refused' });
    await expect(refused).rejects.toThrow(/^(?!.*(wrong|secret))/);
  });

  it('stops a query on the server that is taken back here', async () => {
    const result = sumsOf(client);
    await untilTasksDone(cluster, 1);
    client.interrupt();
    await expect(result).rejects.toMatchObject({ code: 'spark.interrupted' });
    expect(await jobsLeftAfter(cluster, 0)).toBe(0);
  });

  it('finishes with the same result without one of its workers', async () => {
    const result = sumsOf(client);
    await untilTasksDone(cluster, 5);
    process.kill(cluster.pidOf('worker-1'), 'SIGKILL');
    expect(await result).toEqual(expectedSums());
  });

  it('says that the server was lost, and runs again on the next', async () => {
    const result = sumsOf(client);
    await untilTasksDone(cluster, 1);
    process.kill(cluster.pidOf('connect'), 'SIGKILL');
    await expect(result).rejects.toMatchObject({
      code: 'spark.lost',
      message: expect.stringContaining('run again'),
    });
    await expect(connectSpark(withToken(cluster.url))).rejects.toMatchObject({
      code: 'spark.unreachable',
    });
    const again = await connectSpark(withToken(cluster.startConnect().url));
    expect(await sumsOf(again)).toEqual(expectedSums());
    await again.close();
  });
});
