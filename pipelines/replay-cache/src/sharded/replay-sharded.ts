import { availableParallelism } from 'node:os';
import { type KvModel, loadKvModel, parseCapacity } from '@wavetune/cache-sizing';
import type { Session } from '@wavetune/cli';
import { detectFiles, requireBlocks } from '@wavetune/ingest';
import {
  checkOutputs,
  expandFiles,
  readLogs,
  traceOptionsOf,
  withEngine,
} from '@wavetune/log-input';
import { withThreadPool } from '@wavetune/pool';
import type { ShardQuestion } from '@wavetune/shards';
import { listOf, type RawOptions } from '../options.ts';
import { parsePolicies } from '../policy-list.ts';
import { readFacts, replayOnSpark, tailOf } from './engine-shards.ts';
import { type Findings, findingsOf, type ShardedReplay } from './findings.ts';
import { replayHere } from './local-shards.ts';
import { shardRowsPlan } from './shard-rows-plan.ts';
import { type Sharding, shardCapacityOf } from './sharding.ts';

/** Every policy at every capacity, in each shard for itself: on threads here, or on a cluster. */
export async function replaySharded(
  raw: RawOptions,
  sharding: Sharding,
  session: Session,
): Promise<Findings> {
  const model = await loadKvModel(raw);
  const asked = { raw, sharding, model, session };
  const { format, question, sum } =
    raw.engine === undefined ? await replayLocally(asked) : await replayRemotely(asked, raw.engine);
  return findingsOf({ sharding, question, capacities: listOf(raw.capacities), model, format, sum });
}

interface Asked {
  readonly raw: RawOptions;
  readonly sharding: Sharding;
  readonly model: KvModel | undefined;
  readonly session: Session;
}

type Replayed = Pick<ShardedReplay, 'format' | 'question' | 'sum'>;

async function replayLocally({ raw, sharding, model, session }: Asked): Promise<Replayed> {
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
  return { format, question, sum };
}

async function replayRemotely(
  { raw, sharding, model, session }: Asked,
  url: string,
): Promise<Replayed> {
  const files = await expandFiles(raw.trace);
  await checkOutputs({ out: raw.out }, files);
  const { openSparkEngine } = await import('@wavetune/spark');
  const engine = await openSparkEngine(url);
  const interrupt = (): void => engine.interrupt();
  session.signal.addEventListener('abort', interrupt);
  try {
    session.progress.report('looking at the rows', 0, undefined);
    const options = traceOptionsOf(raw);
    const detected = await detectFiles(files, raw.format, options, engine);
    const rows = shardRowsPlan(detected, options, sharding);
    const maxBadRatio = raw['max-bad'];
    const { blockSize } = await readFacts(engine, rows, { sharding, maxBadRatio });
    const tail = tailOf(detected, raw.tail);
    const question = questionOf(raw, sharding, { blockSize, tail, model });
    session.progress.report('simulating shards', 0, undefined);
    const paths = { node: raw['worker-node'], folder: raw['worker-folder'] };
    const sum = await replayOnSpark(engine, rows, { sharding, question, paths, maxBadRatio });
    return { format: detected.format.name, question, sum };
  } finally {
    session.signal.removeEventListener('abort', interrupt);
    await engine.close();
  }
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
