import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defineCommand, type Session } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import { type AnyWaveSpec, EXPORT_DEFAULTS, EXPORT_FORMATS } from '@wavetune/documents';
import { blockStatisticsPlan, type ReadTrace, requireBlocks } from '@wavetune/ingest';
import {
  checkOutputs,
  expandFiles,
  inputsOf,
  readLogs,
  withEngine,
  withLogEngine,
} from '@wavetune/log-input';
import { createThreadPool, type Pool } from '@wavetune/pool';
import type { KvSize } from '@wavetune/prefix';
import { buildWaveSpec } from './build-wavespec.ts';
import { buildDatajaxDocument } from './datajax.ts';
import { explainReading } from './explain.ts';
import { faultOf, OPTIONS } from './options.ts';
import type { Reading } from './reading.ts';
import { type Settings, settle } from './settings.ts';
import { shapeTrace } from './shape-trace.ts';
import { datajaxSummaryOf, describeSpec, summaryOf } from './summary.ts';

/** From logs to wavespec.json. */
export const exportWavespec = defineCommand({
  name: 'export-wavespec',
  summary:
    'Finds which prompt prefixes of a serving log are worth keeping and how their KV pages should lie, and writes that down ' +
    'as wavespec.json.',
  options: OPTIONS,
  examples: [
    ['export-wavespec --logs logs.parquet', 'a log of keys: finds its columns'],
    [
      'export-wavespec --logs trace.jsonl --model llama-3.1-8b --memory 40GiB',
      'which blocks to pin in 40 GiB',
    ],
    [
      "export-wavespec --logs 'traces/*.json.gz' --format weka --top-k 100 --blocks blocks.parquet",
      'many files, and the table of blocks',
    ],
    ['export-wavespec --logs trace.jsonl --out - | jq .cohorts[0]', 'into a pipe'],
  ],
  check: faultOf,
  async run(raw, session) {
    const settings = await settle(raw);
    const files = await expandFiles(raw.logs);
    const { out, blocks, quarantine } = raw;
    if (!raw.explain) await checkOutputs({ out, blocks, quarantine }, files);
    await withLogEngine(raw, session, (engine) =>
      exportFrom({ raw, settings, files, engine, session }),
    );
  },
});

interface Run extends Reading {
  readonly settings: Settings;
  readonly session: Session;
}

async function exportFrom(run: Run): Promise<void> {
  const { raw, files, engine, session } = run;
  if (raw.explain) {
    for (const line of await explainReading(run)) session.print(line);
  } else if (raw['prefix-mode'] === 'datajax') {
    const spec = await buildDatajaxDocument(run);
    await publish(run, spec);
    if (raw.json) session.print(canonicalJson(datajaxSummaryOf(spec, raw.out)));
    else session.note(`wrote     ${raw.out}`);
  } else {
    const trace = await readLogs(session, { files, raw, engine });
    requireBlocks(trace, files);
    await exportTrace(run, trace);
  }
}

async function exportTrace(run: Run, trace: ReadTrace): Promise<void> {
  const { raw, settings, files, session } = run;
  const size = sizeOf(settings);
  const pageBytes =
    settings.pageBytes ??
    (settings.model && settings.model.bytesPerToken * trace.columns.blockSize);
  session.progress.report('shape', trace.columns.offsets.length - 1);
  const shape = await shapeInPool(settings, (pool) =>
    shapeTrace(pool, trace.columns, { ...settings, size, pageBytes }),
  );
  session.checkpoint();
  const inputs = await inputsOf(files);
  const spec = buildWaveSpec({ inputs, trace, shape, settings, raw, pageBytes });
  if (raw.blocks !== undefined) {
    session.progress.report('blocks', trace.columns.parents.length);
    const table = blockStatisticsPlan(trace, { size });
    const { blocks } = raw;
    await withEngine(raw, session, (engine) =>
      engine.writeParquet(table, blocks, { codec: 'snappy' }),
    );
  }
  await publish(run, spec);
  if (raw.json) session.print(canonicalJson(summaryOf(spec, raw.out)));
  else for (const line of describeSpec(spec, raw.out)) session.note(line);
}

async function shapeInPool<T>(settings: Settings, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createThreadPool({ threads: settings.threads });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

/** What KV takes: a page where the user said so, tokens where a model is known. */
function sizeOf({ pageBytes, model }: Settings): KvSize | undefined {
  if (pageBytes !== undefined) return { per: 'page', bytes: pageBytes };
  return model && { per: 'token', bytes: model.bytesPerToken };
}

async function publish({ raw, session }: Run, spec: AnyWaveSpec): Promise<void> {
  const format = EXPORT_FORMATS.find(({ name }) => name === raw['format-out']) ?? EXPORT_FORMATS[0];
  const parts = format.encode(spec, { ...EXPORT_DEFAULTS, windowMillis: raw['window-ms'] });
  if (raw.out === '-') await pipeline(Readable.from(parts), process.stdout, { end: false });
  else await publishFile(raw.out, untilStopped(parts, session));
}

function* untilStopped(parts: Iterable<string>, session: Session): Iterable<string> {
  for (const part of parts) {
    session.checkpoint();
    yield part;
  }
}
