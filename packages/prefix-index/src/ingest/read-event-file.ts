import type { QueryEngine } from '@wavetune/engine';
import type { Quarantine } from '@wavetune/ingest';
import type { Plan } from '@wavetune/ir';
import type { TraceFormat, TraceOptions, TraceSample } from '@wavetune/trace';
import type { FileTotals } from '../totals/file-totals.ts';
import { type ChunkTotals, readChunkTotals } from './chunk-totals.ts';
import { badEventsPlan, type EventRules, eventTotalsPlan } from './event-plan.ts';
import { joinChunks } from './join-chunks.ts';

/** A file of prefix events, and how it is read. */
export interface EventFile {
  readonly path: string;
  readonly format: TraceFormat;
  readonly options: TraceOptions;
  readonly sample: TraceSample;
}

/**
 * Sums a file of prefix events in the engine, a row a prefix: quickly where the format knows how, and once more, exactly, where
 * that finds anything bad.
 *
 * Memory: the totals; 16 bytes an event besides while it sums.
 *
 * @throws WavetuneError `engine.*`.
 */
export async function readEventFile(
  engine: QueryEngine,
  file: EventFile,
  { rules, quarantine }: { readonly rules: EventRules; readonly quarantine: Quarantine },
): Promise<FileTotals> {
  const { path, format, options, sample } = file;
  const quick = format.quickPlan?.([path], sample);
  const found = quick && (await sumEvents(engine, quick, rules));
  if (found?.badEvents === 0) return found;
  const rows = format.plan([path], options, sample);
  const exact = await sumEvents(engine, rows, rules);
  if (exact.badEvents > 0) await quarantineBadEvents(engine, { path, rows }, { rules, quarantine });
  return exact;
}

async function sumEvents(
  engine: QueryEngine,
  rows: Plan,
  rules: EventRules,
): Promise<FileTotals & { readonly badEvents: number }> {
  const chunks: ChunkTotals[] = [];
  for await (const chunk of engine.stream(eventTotalsPlan(rows, rules))) {
    chunks.push(readChunkTotals(chunk, rules.halfLifeMillis));
  }
  return {
    totals: joinChunks(chunks, rules.halfLifeMillis),
    events: chunks.reduce((sum, chunk) => sum + chunk.events, 0),
    badEvents: chunks.reduce((sum, chunk) => sum + chunk.badEvents, 0),
  };
}

async function quarantineBadEvents(
  engine: QueryEngine,
  { path, rows }: { readonly path: string; readonly rows: Plan },
  { rules, quarantine }: { readonly rules: EventRules; readonly quarantine: Quarantine },
): Promise<void> {
  for await (const { rowCount, columns } of engine.stream(badEventsPlan(rows, rules))) {
    const [record, fault, text] = columns;
    if (record.kind !== 'i64' || fault.kind !== 'text' || text.kind !== 'text') return;
    for (let row = 0; row < rowCount; row++) {
      const reason = fault.values[row];
      if (reason === null) continue;
      const quoted = text.values[row];
      quarantine.add({
        file: path,
        record: Number(record.values[row]),
        reason,
        ...(quoted !== null && { text: quoted }),
      });
    }
    await quarantine.flush();
  }
}
