import type { Engine } from '@wavetune/engine';
import type { Quarantine } from '@wavetune/ingest';
import type { TraceFormat, TraceOptions, TraceSample } from '@wavetune/trace';
import type { TotalsColumns } from '../totals/totals-columns.ts';
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

/** What a file sums to. */
export interface FileTotals {
  readonly totals: TotalsColumns;
  readonly events: number;
}

/**
 * Sums a file of prefix events in the engine, a row a prefix; what is bad is read in a second pass, which most files do
 * not need.
 *
 * Memory: the totals, and 16 bytes an event in the engine while it sums.
 *
 * @throws WavetuneError `engine.*`.
 */
export async function readEventFile(
  engine: Engine,
  file: EventFile,
  { rules, quarantine }: { readonly rules: EventRules; readonly quarantine: Quarantine },
): Promise<FileTotals> {
  const rows = file.format.plan([file.path], file.options, file.sample);
  const chunks: ChunkTotals[] = [];
  for await (const chunk of engine.stream(eventTotalsPlan(rows, rules))) {
    chunks.push(readChunkTotals(chunk, rules.halfLifeMillis));
  }
  if (chunks.some(({ badEvents }) => badEvents > 0)) {
    await quarantineBadEvents(engine, file, { rules, quarantine });
  }
  const events = chunks.reduce((sum, chunk) => sum + chunk.events, 0);
  return { totals: joinChunks(chunks, rules.halfLifeMillis), events };
}

async function quarantineBadEvents(
  engine: Engine,
  { path, format, options, sample }: EventFile,
  { rules, quarantine }: { readonly rules: EventRules; readonly quarantine: Quarantine },
): Promise<void> {
  const rows = format.plan([path], options, sample);
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
