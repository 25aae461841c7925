import { defineCommand, type Session } from '@wavetune/cli';
import { publishFile } from '@wavetune/core';
import { type CacheComparison, encodeCacheComparison } from '@wavetune/documents';
import {
  checkOutputs,
  expandFiles,
  sizeOption,
  traceOptionsOf,
  withLogEngine,
} from '@wavetune/log-input';
import {
  comparePlanners,
  DEFAULT_LIMITS,
  type EventStream,
  eventCount,
  firstEvents,
  PLANNERS,
  readEvents,
  type TriggerChoice,
} from '@wavetune/policy-engine';
import { openCatalog } from './catalog-options.ts';
import { modelOf, plannerTimeoutMillis } from './model-options.ts';
import { namesIn } from './number-list.ts';
import { withServers } from './redis-servers.ts';
import { serveMetrics } from './replay-metrics.ts';
import { faultOfReplayOptions, type RawReplayOptions, REPLAY_OPTIONS } from './replay-options.ts';
import { streamLine, tablesOf } from './replay-tables.ts';
import { rulesOf } from './rule-options.ts';

/** The same traffic on two caches, one of which a planner steers. */
export const replay = defineCommand({
  name: 'replay',
  summary:
    'Replays a log on two Redis caches, one under its TTL rule alone and one that a planner steers, and says whether the planner pays.',
  options: REPLAY_OPTIONS,
  examples: [
    [
      '$0 --trace events.jsonl --planner all',
      'every planner, against the TTL rule and against plain policies',
    ],
    [
      '$0 --trace conversation_trace.jsonl --planner frequency,markov --memory 16MiB --windows 40',
      'blocks of a prefix trace as items',
    ],
    [
      '$0 --trace events.csv --planner llm --llm-url http://127.0.0.1:11434 --model llama3.2:1b --out comparison.json',
      'a language model behind Ollama',
    ],
  ],
  check: faultOfReplayOptions,
  run: async (raw, session) => {
    const files = await expandFiles(raw.trace);
    await checkOutputs({ out: raw.out, quarantine: raw.quarantine }, files);
    const stream = limited(await readStream(raw, session, files), raw.limit);
    if (!raw.json) session.print(streamLine(stream, raw));
    const comparison = await withServers(raw.redis, (urls) => compare(raw, session, stream, urls));
    if (raw.out !== undefined) await publishFile(raw.out, encodeCacheComparison(comparison));
    if (raw.json) session.print([...encodeCacheComparison(comparison)].join('').trimEnd());
    else session.print(tablesOf(comparison));
    if (raw.out !== undefined) session.note(`wrote ${raw.out}`);
  },
});

function readStream(
  raw: RawReplayOptions,
  session: Session,
  files: readonly string[],
): Promise<EventStream> {
  return withLogEngine(raw, session, (engine) =>
    readEvents({
      files,
      engine,
      format: raw.format,
      trace: traceOptionsOf(raw),
      namespaced: raw.namespace !== 'none',
      quarantinePath: raw.quarantine,
      requestActions: namesIn(raw['request-actions'] ?? ''),
      timeUnit: raw['time-unit'] as 's' | 'ms' | 'us' | 'ns',
      valueBytes: sizeOption('value-size', raw['value-size']),
      maxBadRatio: raw['max-bad'],
      progress: (records) => {
        session.checkpoint();
        session.progress.report('reading', records);
      },
    }),
  );
}

function limited(stream: EventStream, limit: number | undefined): EventStream {
  return limit === undefined ? stream : { ...stream, columns: firstEvents(stream.columns, limit) };
}

async function compare(
  raw: RawReplayOptions,
  session: Session,
  stream: EventStream,
  urls: readonly string[],
): Promise<CacheComparison> {
  const events = eventCount(stream.columns);
  const metrics = await serveMetrics(raw['metrics-port'], session);
  try {
    return await comparePlanners({
      stream,
      planners: plannersOf(raw),
      baselineUrl: urls[0],
      steeredUrl: urls[1],
      rules: rulesOf(raw),
      speed: raw.speed === 'max' ? undefined : Number(raw.speed),
      trigger: triggerOf(raw, events),
      limits: {
        ...DEFAULT_LIMITS,
        mostEvictions: raw['most-evictions'],
        mostPrefetches: raw['most-prefetches'],
      },
      delayMillis: 1000 * raw['plan-delay'],
      plannerTimeoutMillis: plannerTimeoutMillis(raw),
      catalog: await openCatalog(raw, session),
      tokenBudget: raw['context-tokens'],
      model: modelOf(raw),
      valueBytes: sizeOption('value-size', raw['value-size']),
      measureFrom: raw['measure-from'],
      dollarsPerLoad: raw['load-dollars'],
      signal: session.signal,
      onProgress: (planner, done) => {
        session.checkpoint();
        session.progress.report(planner, done, events);
      },
      onWindow: metrics.observeWindow,
    });
  } finally {
    await metrics.close();
  }
}

function plannersOf({ planner, 'llm-url': url }: RawReplayOptions): readonly string[] {
  if (planner !== 'all') return namesIn(planner);
  return PLANNERS.filter(({ needs }) => needs !== 'model' || url !== undefined).map(
    ({ name }) => name,
  );
}

function triggerOf({ trigger, every, windows }: RawReplayOptions, events: number): TriggerChoice {
  if (trigger === 'adaptive') return { kind: 'adaptive' };
  return { kind: 'events', count: every ?? Math.ceil(events / windows) };
}
