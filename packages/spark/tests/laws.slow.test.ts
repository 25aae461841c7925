import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { queryEngineLaws } from '../../engine/tests/support/query-engine-laws.ts';
import { connectSpark, openSparkEngine, type SparkEngine } from '../src/index.ts';
import { sharedCluster, whyNoCluster } from './support/cluster.ts';

const OPTIMIZER = 'org.apache.spark.sql.catalyst.optimizer';

/** Spark would compute a handful of literal rows while it plans; here the executors do, two parts after a shuffle. */
async function openOnExecutors(): Promise<SparkEngine> {
  const { url } = await sharedCluster();
  const session = `${url}/;session_id=${randomUUID()}`;
  const client = await connectSpark(session);
  await client.configure({
    'spark.sql.shuffle.partitions': '2',
    'spark.sql.optimizer.excludedRules': `${OPTIMIZER}.ConvertToLocalRelation,${OPTIMIZER}.PropagateEmptyRelation`,
  });
  await client.close();
  return await openSparkEngine(session);
}

describe.skipIf(whyNoCluster() !== undefined)('Spark', () => {
  queryEngineLaws({ open: openOnExecutors, runs: 15, badValue: 'spark.query-failed' });
});
