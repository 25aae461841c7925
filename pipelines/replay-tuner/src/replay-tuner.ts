import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { capacityBlocksOf, type KvModel, loadKvModel, parseCapacity } from '@wavetune/cache-sizing';
import { defineCommand, type Session } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import { encodePolicies, type Policies } from '@wavetune/documents';
import { type ReadTrace, requireBlocks } from '@wavetune/ingest';
import { checkOutputs, expandFiles, readLogs, withEngine } from '@wavetune/log-input';
import { withThreadPool } from '@wavetune/pool';
import { faultOf, OPTIONS, type RawOptions } from './options.ts';
import { policiesOf } from './policies-document.ts';
import { replayTunerError } from './replay-tuner-errors.ts';
import { reportOf } from './report.ts';
import { type CacheTuning, tuneCache } from './tune-cache.ts';
import { exportersOf } from './tune-engines.ts';
import { groundOf } from './tuning-ground.ts';

/** From a trace to policies.json. */
export const replayTuner = defineCommand({
  name: 'replay-tuner',
  summary:
    'Finds the cache policy that suits a trace: tunes on its first part, judges on the rest, and says keep the default where that is best.',
  options: OPTIONS,
  examples: [
    [
      'replay-tuner --trace trace.jsonl --model llama-3.1-8b --memory 40GiB',
      'writes policies.json',
    ],
    [
      'replay-tuner --trace trace.jsonl --model llama-3.1-8b --memory 200GiB --engine vllm lmcache --engine-dir out',
      'and what those engines should be told',
    ],
    ['replay-tuner --trace trace.jsonl --capacity 5%', 'without a model'],
  ],
  check: faultOf,
  async run(raw, session) {
    const capacity = parseCapacity(raw.memory ?? raw.capacity ?? '');
    const model = await loadKvModel(raw);
    const files = await expandFiles(raw.trace);
    await checkOutputs({ out: raw.out, quarantine: raw.quarantine }, files);
    if (raw.engine !== undefined) await makeFolder(raw['engine-dir']);
    const trace = await withEngine(raw, session, (engine) =>
      readLogs(session, { files, raw, engine }),
    );
    requireBlocks(trace, files);
    const { blockSize, parents } = trace.columns;
    const capacityBlocks = capacityBlocksOf(capacity, {
      distinctBlocks: parents.length,
      blockSize,
      model,
    });
    const tuning = await tune(raw, session, { trace, model, capacityBlocks });
    await publish(raw, session, { tuning, files });
  },
});

function tune(
  raw: RawOptions,
  session: Session,
  found: {
    readonly trace: ReadTrace;
    readonly model: KvModel | undefined;
    readonly capacityBlocks: number;
  },
): Promise<CacheTuning> {
  const ground = groundOf({ ...found, measureFrom: raw['measure-from'] });
  const plan = { exporters: exportersOf(raw.engine ?? []), cohorts: raw.cohorts, seed: raw.seed };
  return withThreadPool({ threads: raw.threads ?? availableParallelism() }, (pool) =>
    tuneCache(ground, plan, { pool, session }),
  );
}

async function publish(
  raw: RawOptions,
  session: Session,
  { tuning, files }: { readonly tuning: CacheTuning; readonly files: readonly string[] },
): Promise<void> {
  session.checkpoint();
  const inputs = await Promise.all(
    files.map(async (path) => ({ path, bytes: (await stat(path)).size })),
  );
  const home = raw.out === '-' ? '.' : dirname(raw.out);
  const placeOf = (file: string): string => relative(home, join(raw['engine-dir'], file));
  const policies = policiesOf({ tuning, inputs, seed: raw.seed, placeOf });
  const parts = [...encodePolicies(policies)];
  const engineFiles = await writeEngineFiles(raw['engine-dir'], tuning);
  if (raw.out === '-') await pipeline(Readable.from(parts), process.stdout, { end: false });
  else await publishFile(raw.out, parts);
  const written = [raw.out, ...engineFiles].filter((path) => path !== '-');
  if (raw.json) session.print(canonicalJson(summaryOf(policies)));
  else if (raw.out === '-') return;
  else
    session.print(
      reportOf(
        tuning,
        written.map((path) => `wrote ${path}`),
      ),
    );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw replayTunerError('replay-tuner.bad-engine-dir', { folder, reason }, { cause });
  }
}

async function writeEngineFiles(
  folder: string,
  { engines }: CacheTuning,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { exporter, advice } of engines) {
    for (const { name, text } of exporter.filesOf(advice)) {
      const path = join(folder, name);
      await publishFile(path, [text]);
      paths.push(path);
    }
  }
  return paths;
}

/** What `--json` prints: the verdicts and the figures, without tables and candidates. */
function summaryOf({ cache }: Policies) {
  if (cache === null) return {};
  const { policy, parameters, verdict, reason, gain, ours, optimum, ceiling, engines } = cache;
  return {
    policy,
    parameters,
    verdict,
    reason,
    gain,
    ours,
    default: cache.default,
    optimum,
    ceiling,
    engines: engines.map(({ engine, verdict, reason, files }) => ({
      engine,
      verdict,
      reason,
      files,
    })),
  };
}
