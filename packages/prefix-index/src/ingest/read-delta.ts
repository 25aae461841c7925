import type { Clock } from '@wavetune/core';
import type { QueryEngine } from '@wavetune/engine';
import { detectFiles, type Quarantine, readTrace, requireBlocks } from '@wavetune/ingest';
import { KV_EVENTS, looksLikeKvEvents, type TraceOptions } from '@wavetune/trace';
import { prefixIndexError } from '../prefix-index-errors.ts';
import type { EventScan } from '../scan/index.ts';
import type { BatchDelta } from '../totals/batch-delta.ts';
import type { FileTotals } from '../totals/file-totals.ts';
import { FUTURE_MILLIS } from '../totals/prefix-event.ts';
import type { StoreSettings } from '../totals/settings.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import type { EventRules } from './event-plan.ts';
import { readEventFile } from './read-event-file.ts';
import { readKvEventFile } from './read-kv-event-file.ts';
import { arePrefixEvents, scanEventFile } from './scan-event-file.ts';
import { type TokenCost, totalsOfTrace } from './trace-totals.ts';

const PREFIX_EVENTS = 'prefix-events';

/** A file to add to an index. */
export interface DeltaSource {
  readonly path: string;
  /** A name of `TRACE_FORMATS`, `kv-events`, or `auto`, which looks at the content. */
  readonly format: string;
  readonly options: TraceOptions;
  /** The model of events that name none: request traces, KV events. */
  readonly modelId: string;
  /** The tenant of KV events, which name none. */
  readonly tenant: string;
  readonly cost: TokenCost | undefined;
  /** Of the same file, where one was begun before. */
  readonly scan?: EventScan | undefined;
}

export interface DeltaTools {
  readonly engine: QueryEngine;
  readonly settings: StoreSettings;
  readonly clock: Clock;
  readonly quarantine: Quarantine;
  /** The share of bad records past which a file is refused. */
  readonly maxBadRatio: number;
}

/**
 * What a file of prefix events, a request trace or recorded KV events adds to an index.
 *
 * @throws WavetuneError `prefix-index.too-many-bad`, `prefix-index.no-events`; `trace.*`, `ingest.*`, `engine.*`.
 */
export async function readDelta(
  source: DeltaSource,
  tools: DeltaTools,
): Promise<Omit<BatchDelta, 'batchId'>> {
  const { path } = source;
  const badBefore = tools.quarantine.count();
  const { totals, events } = await readTotals(source, tools);
  const bad = tools.quarantine.count() - badBefore;
  if (bad > tools.maxBadRatio * (events + bad)) {
    const { maxBadRatio, quarantine } = tools;
    const example = quarantine.examples.find(({ file }) => file === path);
    throw prefixIndexError('prefix-index.too-many-bad', {
      path,
      bad,
      events,
      maxBadRatio,
      example: example === undefined ? '' : `; record ${example.record}: ${example.reason}`,
    });
  }
  if (events === 0) throw prefixIndexError('prefix-index.no-events', { path });
  return { source: path, events, newestMillis: newestOf(totals), totals };
}

async function readTotals(source: DeltaSource, tools: DeltaTools): Promise<FileTotals> {
  const { path, options } = source;
  const { engine, settings, clock, quarantine } = tools;
  const { halfLifeMillis } = settings;
  const rules = { halfLifeMillis, latestMillis: clock.nowMillis() + FUTURE_MILLIS };
  const isAuto = source.format === 'auto';
  if (source.format === KV_EVENTS || (isAuto && (await holdsKvEvents(source, tools)))) {
    return readKvEventFile(source, { rules, quarantine });
  }
  const scanned =
    isAuto || source.format === PREFIX_EVENTS ? await scanTotals(source, tools, rules) : undefined;
  // An engine takes a tenth of a second to tell of a Parquet file what its scan has told.
  if (
    scanned?.columns !== undefined &&
    (!isAuto || arePrefixEvents(path, options, scanned.columns))
  ) {
    return scanned;
  }
  const { format, samples } = await detectFiles([path], source.format, options, engine);
  if (format.name === PREFIX_EVENTS) {
    const file = { path, format, options, sample: samples[0] };
    return scanned ?? readEventFile(engine, file, { rules, quarantine });
  }
  const trace = await readTrace({
    files: [path],
    format: format.name,
    options,
    engine,
    maxBadRatio: tools.maxBadRatio,
  });
  requireBlocks(trace, [path]);
  return totalsOfTrace(trace, { ...rules, modelId: source.modelId, cost: source.cost });
}

/** Files that this process opens itself are scanned. */
async function scanTotals(
  { path, scan }: DeltaSource,
  { engine }: DeltaTools,
  rules: EventRules,
): Promise<FileTotals | undefined> {
  if ((await engine.describePlace(path)) !== undefined) return undefined;
  return scanEventFile(path, rules, scan);
}

/** KV events are files that this process opens itself. */
async function holdsKvEvents({ path }: DeltaSource, { engine }: DeltaTools): Promise<boolean> {
  return (await engine.describePlace(path)) === undefined && (await looksLikeKvEvents(path));
}

function newestOf({ rowCount, numbers }: TotalsColumns): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rowCount; row++) {
    newest = Math.max(newest, numbers[row * ROW_WIDTH + AT.lastSeenMillis]);
  }
  return newest;
}
