import { availableParallelism } from 'node:os';
import { type KvModel, loadKvModel, prefillSeconds } from '@wavetune/cache-sizing';
import { defineCommand, type Session } from '@wavetune/cli';
import { canonicalJson, formatCount, systemClock } from '@wavetune/core';
import { withQuarantine } from '@wavetune/ingest';
import {
  checkOutputs,
  expandFiles,
  isInStore,
  traceOptionsOf,
  withDeferredEngine,
  withLogEngine,
} from '@wavetune/log-input';
import {
  type CommitOutcome,
  type DeltaSource,
  type DeltaTools,
  digestOfFile,
  FUTURE_MILLIS,
  type IndexStore,
  MASS_AT,
  openStore,
  ROW_WIDTH,
  readDelta,
  type TokenCost,
  type TotalsColumns,
  type WantedSettings,
} from '@wavetune/prefix-index';
import { beginScan, type EventScan } from '@wavetune/prefix-index/scan';
import { readFileHead } from '@wavetune/trace';
import { takeEarlyScan } from './early-scan.ts';
import { faultOf, INGEST_OPTIONS, type IngestOptions } from './ingest-options.ts';
import { durationOption } from './times.ts';

/** What became of a file. */
interface Receipt {
  readonly file: string;
  readonly batchId: string;
  readonly outcome: CommitOutcome;
  /** That the index did not have. */
  readonly events: number;
  readonly prefixes: number;
  readonly bad: number;
}

/** Adds logs to a store. */
export const ingest = defineCommand({
  name: 'ingest',
  summary:
    'Adds logs to an index of prefixes. A file is a batch, and a batch that the store has is passed over: name all ' +
    'partitions each time, and the new ones are read.',
  operand: 'files',
  options: INGEST_OPTIONS,
  examples: [
    ['$0 assets/sample_events.jsonl --store index.duckdb', 'prefix events'],
    ["$0 '2026-11-2?/*.parquet' --quarantine bad.jsonl", 'partitions, those that are new'],
    ['$0 conversation_trace.jsonl --model llama-3.1-8b --weight prefill', 'a request trace'],
  ],
  check: faultOf,
  run: async (raw, session) => {
    const files = await expandFiles(raw.files);
    for (const file of files) if (!isInStore(file)) await readFileHead(file, 1);
    await checkOutputs({ quarantine: raw.quarantine }, files);
    const model = await loadKvModel(raw);
    const store = await openStore({
      url: raw.store,
      settings: wantedOf(raw),
      access: 'write',
      isMadeLate: true,
    });
    try {
      const receipts = await ingestAll({ raw, session, store, model }, files);
      session.print(raw.json ? canonicalJson({ files: receipts }) : textOf(receipts));
    } finally {
      await store.close();
    }
  },
});

interface Work {
  readonly raw: IngestOptions;
  readonly session: Session;
  readonly store: IndexStore;
  readonly model: KvModel | undefined;
}

function ingestAll(work: Work, files: readonly string[]): Promise<readonly Receipt[]> {
  const { raw, session, store } = work;
  const withReader = raw.engine === undefined ? withDeferredEngine : withLogEngine;
  return withQuarantine(raw.quarantine, (quarantine) =>
    withReader(raw, session, async (engine) => {
      const tools = {
        engine,
        settings: store.settings(),
        clock: systemClock,
        quarantine,
        maxBadRatio: raw['max-bad'],
      };
      const receipts: Receipt[] = [];
      for (const file of files) {
        session.checkpoint();
        session.progress.report('ingest', receipts.length, files.length);
        receipts.push(await ingestFile(work, file, tools));
      }
      return receipts;
    }),
  );
}

async function ingestFile(work: Work, file: string, tools: DeltaTools): Promise<Receipt> {
  const { raw, session, store } = work;
  const scan = scanOf(work, file, tools);
  const batchId = raw['batch-id'] ?? (await scan?.digest) ?? (await digestOfFile(file));
  const untouched = { file, batchId, events: 0, prefixes: 0, bad: 0 };
  if ((await store.knownBatches([batchId])).length > 0) {
    scan?.cancel();
    return { ...untouched, outcome: 'known' };
  }
  store.prepare?.();
  const badBefore = tools.quarantine.count();
  const { totals, ...batch } = await readFile(work, { path: file, scan }, tools);
  const outcome = await store.commit({ batches: [{ batchId, ...batch }], totals });
  const bad = tools.quarantine.count() - badBefore;
  if (outcome !== 'applied') return { ...untouched, outcome, bad };
  if (!hasWeight(work, totals)) session.note(weightless(work, file));
  return { file, batchId, outcome, events: batch.events, prefixes: totals.rowCount, bad };
}

/**
 * A file of prefix events is read ahead of all questions about it, on this thread too while they are answered; a signal ends
 * that.
 */
function scanOf(work: Work, file: string, tools: DeltaTools): EventScan | undefined {
  const { signal, checkpoint } = work.session;
  const scan = scanFrom(work, file, tools);
  if (scan === undefined) return undefined;
  signal.addEventListener('abort', scan.cancel, { once: true });
  const finished = scan.finish().finally(() => signal.removeEventListener('abort', scan.cancel));
  // A file that is known is not asked for.
  finished.catch(() => undefined);
  return {
    ...scan,
    finish: async () => {
      const found = await finished;
      checkpoint();
      return found;
    },
  };
}

function scanFrom(
  { raw }: Work,
  file: string,
  { settings, clock }: DeltaTools,
): EventScan | undefined {
  if (raw.engine !== undefined) return undefined;
  const early = takeEarlyScan(file);
  const { halfLifeMillis } = settings;
  if (early?.rules.halfLifeMillis === halfLifeMillis) return early;
  early?.cancel();
  if (raw.format !== 'auto' && raw.format !== 'prefix-events') return undefined;
  const rules = { halfLifeMillis, latestMillis: clock.nowMillis() + FUTURE_MILLIS };
  return beginScan(file, rules, raw.threads ?? availableParallelism());
}

function readFile(
  { raw, model }: Work,
  file: Pick<DeltaSource, 'path' | 'scan'>,
  tools: DeltaTools,
) {
  const source = {
    ...file,
    format: raw.format,
    options: traceOptionsOf(raw),
    modelId: raw['model-id'],
    tenant: raw['as-tenant'],
    cost: model && costOf(model),
  };
  return readDelta(source, tools);
}

/** In half-open ranges of a prompt's tokens. */
function costOf({ bytesPerToken, prefill }: KvModel): TokenCost {
  const millisOf = (tokens: number): number => 1000 * prefillSeconds(prefill, tokens, tokens ** 2);
  return { bytesPerToken, prefillMillis: (from, to) => millisOf(to) - millisOf(from) };
}

function hasWeight({ store }: Work, { rowCount, numbers }: TotalsColumns): boolean {
  const at = MASS_AT[store.settings().weight];
  for (let row = 0; row < rowCount; row++) {
    if (numbers[row * ROW_WIDTH + at] > 0) return true;
  }
  return false;
}

function weightless({ store }: Work, file: string): string {
  const { weight } = store.settings();
  return `${file} says nothing of ${weight}, by which this store scores: its prefixes score 0 unless a query asks for another --weight`;
}

function wantedOf({ 'half-life': halfLife, weight }: IngestOptions): WantedSettings {
  return {
    ...(halfLife !== undefined && { halfLifeMillis: durationOption('half-life', halfLife) }),
    ...(weight !== undefined && { weight }),
  };
}

const OUTCOMES: Readonly<Record<CommitOutcome, string>> = {
  applied: 'ingested',
  known: 'known before',
  expired: 'older than what was pruned',
};

function textOf(receipts: readonly Receipt[]): string {
  const lines = receipts.map(({ file, outcome, events, prefixes, bad }) => {
    const found =
      outcome === 'applied'
        ? `, ${counted(events, 'event')} of ${counted(prefixes, 'prefix')}`
        : '';
    return `${OUTCOMES[outcome]}  ${file}${found}${bad > 0 ? `, ${counted(bad, 'bad record')}` : ''}`;
  });
  return lines.join('\n');
}

function counted(count: number, what: string): string {
  const plural = what.endsWith('x') ? `${what}es` : `${what}s`;
  return `${formatCount(count)} ${count === 1 ? what : plural}`;
}
