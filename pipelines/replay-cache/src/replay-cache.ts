import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type Capacity,
  capacityBlocksOf,
  loadKvModel,
  parseCapacity,
} from '@wavetune/cache-sizing';
import { ceilingOf, measuredWindow } from '@wavetune/cachesim';
import { defineCommand, type Session } from '@wavetune/cli';
import { publishFile, shapeOf } from '@wavetune/core';
import { type CacheReplay, encodeCacheReplay } from '@wavetune/documents';
import { type ReadTrace, requireBlocks } from '@wavetune/ingest';
import { checkOutputs, expandFiles, readLogs, withLogEngine } from '@wavetune/log-input';
import { type Pool, withThreadPool } from '@wavetune/pool';
import { drawLruCurve, drawTtlCurve } from './curves.ts';
import { documentOf } from './document.ts';
import { estimate } from './estimate.ts';
import { explains, faultOf, listOf, OPTIONS, type RawOptions } from './options.ts';
import { readPins } from './pins.ts';
import { type NamedPolicy, parsePolicies } from './policy-list.ts';
import type { Ground, Size } from './replay-trace.ts';
import { reportOf } from './report.ts';
import { replaySharded } from './sharded/replay-sharded.ts';
import { parseShards } from './sharded/sharding.ts';
import { simulate } from './simulate.ts';
import { splitOf } from './split-cache.ts';
import { simulateTiers, tiersText } from './tiers.ts';
import { explain, whyText } from './why.ts';

/** What cache policies would have hit on a trace. */
export const replayCache = defineCommand({
  name: 'replay-cache',
  summary:
    'Replays a request trace through prefix-cache policies and says what each would have hit, beside the ceiling and the optimum.',
  options: OPTIONS,
  examples: [
    ['replay-cache --trace conversation_trace.jsonl --out curve.json', 'every policy, five sizes'],
    [
      'replay-cache --trace t.parquet --policies lru,optimum --capacities 40GiB --model llama-3.1-8b',
      'two policies, one size',
    ],
    ['replay-cache --trace t.parquet --curve lru', 'LRU at every capacity, in one pass'],
    [
      'replay-cache --trace t.parquet --shards tenant --policies s3-fifo,learned --capacities 10%',
      'a cache for each tenant, added up',
    ],
  ],
  check: faultOf,
  async run(raw, session) {
    const sharding = parseShards(raw.shards ?? '', raw['shard-depth']);
    const found =
      sharding === undefined
        ? await replayWhole(raw, session)
        : await replaySharded(raw, sharding, session);
    session.checkpoint();
    await publish(raw, session, found);
  },
});

async function replayWhole(raw: RawOptions, session: Session): Promise<Found> {
  const policies = parsePolicies(raw.policies, raw.pins !== undefined);
  const capacities = listOf(raw.capacities).map(parseCapacity);
  const ground = await prepare(raw, session);
  const sizes = sizesOf(ground, capacities);
  const threads = raw.threads ?? availableParallelism();
  return withThreadPool({ threads }, (pool) =>
    investigate(ground, { raw, policies, sizes }, { pool, session }),
  );
}

/** The document, and what a person reads instead. */
interface Found {
  readonly document: CacheReplay;
  readonly text: string;
  /** Documents beside it, and where they go. */
  readonly beside?: readonly (readonly [path: string, document: CacheReplay])[];
}

interface Question {
  readonly raw: RawOptions;
  readonly policies: readonly NamedPolicy[];
  readonly sizes: readonly Size[];
}

async function prepare(raw: RawOptions, session: Session): Promise<Ground> {
  const model = await loadKvModel(raw);
  const files = await expandFiles(raw.trace);
  const { out, quarantine, 'lru-curve-out': lruCurve, 'ttl-curve-out': ttlCurve } = raw;
  const curves = { 'lru-curve-out': lruCurve, 'ttl-curve-out': ttlCurve };
  await checkOutputs({ out, quarantine, ...curves }, files);
  const trace = await withLogEngine(raw, session, (engine) =>
    readLogs(session, { files, raw, engine }),
  );
  requireBlocks(trace, files);
  const { columns } = trace;
  const window = measuredWindow(
    columns,
    Math.floor(raw['measure-from'] * shapeOf(columns).requests),
  );
  return {
    trace,
    model,
    window,
    measureFrom: raw['measure-from'],
    ceiling: ceilingOf(columns, window.measureFrom),
    inputs: await inputsOf(raw, trace),
    split: splitOf(raw, columns),
  };
}

async function inputsOf({ pins }: RawOptions, trace: ReadTrace): Promise<Ground['inputs']> {
  return pins === undefined ? {} : { pins: await readPins(pins, trace) };
}

function sizesOf({ trace, model }: Ground, capacities: readonly Capacity[]): readonly Size[] {
  const { blockSize, parents } = trace.columns;
  const ground = { distinctBlocks: parents.length, blockSize, model };
  return capacities.map((capacity) => ({
    text: capacity.text,
    blocks: capacityBlocksOf(capacity, ground),
  }));
}

async function investigate(
  ground: Ground,
  { raw, policies, sizes }: Question,
  bench: { readonly pool: Pool; readonly session: Session },
): Promise<Found> {
  if (raw.tiers !== undefined && ground.model !== undefined) {
    const { tiers: text, holding, 'gib-pays': secondsPerGib } = raw;
    const tiers = simulateTiers(ground, { text, holding, secondsPerGib, model: ground.model });
    return { document: documentOf(ground, [], { tiers }), text: tiersText(ground, tiers) };
  }
  if (raw.curve !== undefined) {
    const options = { sample: sampleOf(raw), sizes, pool: bench.pool };
    const drawn = raw.curve === 'lru' ? await drawLruCurve(ground, options) : drawTtlCurve(ground);
    return { document: documentOf(ground, [], drawn.parts), text: drawn.text };
  }
  const plan = { policies, sizes, raw };
  const results =
    raw.sample === 1
      ? await simulate(ground, plan, bench)
      : await estimate(ground, { ...plan, rate: raw.sample }, bench);
  const comparison = { ground, sizes, results };
  const beside = await curvesBeside(ground, { raw, sizes, pool: bench.pool });
  if (!explains(raw)) {
    return { document: documentOf(ground, results, {}), text: reportOf(comparison), beside };
  }
  const asked = listOf(raw['why-at'] ?? raw.capacities);
  const explained = sizes.filter(({ text }) => asked.includes(text));
  const why = await explain({ ...comparison, sizes: explained }, { replicas: raw.replicas, bench });
  return {
    document: documentOf(ground, results, why),
    text: `${reportOf(comparison)}\n\n${whyText(why)}`,
    beside,
  };
}

async function curvesBeside(
  ground: Ground,
  { raw, sizes, pool }: Pick<Question, 'raw' | 'sizes'> & { readonly pool: Pool },
): Promise<NonNullable<Found['beside']>> {
  const { 'lru-curve-out': lru, 'ttl-curve-out': ttl } = raw;
  const beside: [string, CacheReplay][] = [];
  if (lru !== undefined) {
    const { parts } = await drawLruCurve(ground, { sample: undefined, sizes, pool });
    beside.push([lru, documentOf(ground, [], parts)]);
  }
  if (ttl !== undefined) beside.push([ttl, documentOf(ground, [], drawTtlCurve(ground).parts)]);
  return beside;
}

function sampleOf({ sample, 'sample-size': count }: RawOptions) {
  if (count !== undefined) return { kind: 'blocks', count } as const;
  return sample === 1 ? undefined : ({ kind: 'rate', rate: sample } as const);
}

async function publish(
  raw: RawOptions,
  session: Session,
  { document, text, beside = [] }: Found,
): Promise<void> {
  for (const [path, curve] of beside) await publishFile(path, encodeCacheReplay(curve));
  const parts = [...encodeCacheReplay(document)];
  if (raw.out !== undefined && raw.out !== '-') await publishFile(raw.out, parts);
  if (raw.json || raw.out === '-') {
    await pipeline(Readable.from(parts), process.stdout, { end: false });
    return;
  }
  session.print(text);
  if (raw.out !== undefined) session.print(`\nwrote ${raw.out}`);
}
