import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../src/connect-session.ts';
import { connectSpark, type SparkClient } from '../src/index.ts';
import { parseSparkUrl } from '../src/spark-url.ts';
import { sharedCluster, whyNoCluster } from './support/cluster.ts';
import { type CuttingProxy, startCuttingProxy } from './support/cutting-proxy.ts';

const TIMEOUT_MILLIS = 180_000;
/** About 20 MB in some 25 messages. */
const QUERY = 'SELECT id, sha2(CAST(id AS STRING), 256) AS text FROM range(0, 250000, 1, 5)';

async function messagesOf(client: SparkClient): Promise<readonly Buffer[]> {
  const batches = await Array.fromAsync(client.execute(QUERY));
  return batches.map(({ data }) => Buffer.from(data));
}

describe.skipIf(whyNoCluster() !== undefined)(
  'a way to the server that breaks',
  { timeout: TIMEOUT_MILLIS },
  () => {
    const session = `;session_id=${randomUUID()}`;
    let url = '';
    let proxy: CuttingProxy;
    let client: SparkClient;

    beforeAll(async () => {
      ({ url } = await sharedCluster());
      proxy = await startCuttingProxy(url.slice('sc://'.length));
      client = await connectSpark(`sc://${proxy.address}/${session}`);
      await client.configure({ 'spark.sql.execution.arrow.maxRecordsPerBatch': '10000' });
    }, TIMEOUT_MILLIS);
    afterAll(async () => {
      await client?.close();
      await proxy?.close();
    });

    it('costs no message of a result and doubles none, though it breaks again and again', async () => {
      const undisturbed = await messagesOf(client);
      expect(undisturbed.length).toBeGreaterThanOrEqual(25);
      proxy.cutAfter(4_000_000);
      const disturbed = await messagesOf(client);
      proxy.cutAfter(Number.POSITIVE_INFINITY);
      expect(proxy.cuts).toBeGreaterThanOrEqual(3);
      expect(disturbed.map((message, at) => message.equals(undisturbed[at]))).toEqual(
        undisturbed.map(() => true),
      );
    });

    it('leads to no second run where the server has dropped the query meanwhile', async () => {
      const result = client.execute(QUERY)[Symbol.asyncIterator]();
      expect((await result.next()).done).toBe(false);
      proxy.cutAll();
      const other = openSession(parseSparkUrl(`${url}/${session}`));
      await other.call('ReleaseSession', {}, 10_000);
      await other.close();
      const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => result });
      await expect(rest).rejects.toMatchObject({
        code: 'spark.lost',
        message: expect.stringContaining('run again'),
      });
    });
  },
);
