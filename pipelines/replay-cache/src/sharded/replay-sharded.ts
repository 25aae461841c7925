import { availableParallelism } from 'node:os';
import { type KvModel, loadKvModel, parseCapacity } from '@wavetune/cache-sizing';
import type { Session } from '@wavetune/cli';
import { requireBlocks } from '@wavetune/ingest';
import { checkOutputs, expandFiles, readLogs, withEngine } from '@wavetune/log-input';
import { withThreadPool } from '@wavetune/pool';
import type { ShardQuestion } from '@wavetune/shards';
import { listOf, type RawOptions } from '../options.ts';
import { parsePolicies } from '../policy-list.ts';
import { type Findings, findingsOf } from './findings.ts';
import { replayHere } from './local-shards.ts';
import { type Sharding, shardCapacityOf } from './sharding.ts';

/** Every policy at every capacity, in each shard for itself. */
export async function replaySharded(
  raw: RawOptions,
  sharding: Sharding,
  session: Session,
): Promise<Findings> {
  const model = await loadKvModel(raw);
  const files = await expandFiles(raw.trace);
  await checkOutputs({ out: raw.out, quarantine: raw.quarantine }, files);
  const trace = await withEngine(raw, session, (engine) =>
    readLogs(session, { files, raw, engine }),
  );
  requireBlocks(trace, files);
  const { blockSize, tail, format } = trace.quality;
  const question = questionOf(raw, sharding, { blockSize, tail, model });
  const threads = raw.threads ?? availableParallelism();
  session.progress.report('simulating shards', 0, undefined);
  const sum = await withThreadPool({ threads }, (pool) =>
    replayHere(trace, { sharding, question, pool }),
  );
  return findingsOf({ sharding, question, capacities: listOf(raw.capacities), model, format, sum });
}

function questionOf(
  raw: RawOptions,
  sharding: Sharding,
  ground: Pick<ShardQuestion, 'blockSize' | 'tail'> & { readonly model: KvModel | undefined },
): ShardQuestion {
  const { blockSize, tail } = ground;
  const { residency, hits } = raw;
  return {
    ...{ blockSize, tail, residency, hits, measureFrom: raw['measure-from'] },
    policies: parsePolicies(raw.policies, false),
    capacities: listOf(raw.capacities).map((text) =>
      shardCapacityOf(parseCapacity(text), sharding, ground),
    ),
  };
}
