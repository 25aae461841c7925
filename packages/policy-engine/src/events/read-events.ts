import type { QueryEngine } from '@wavetune/engine';
import { lookAtLog, readTrace, withQuarantine } from '@wavetune/ingest';
import type { TraceOptions, TraceSample } from '@wavetune/trace';
import type { EventStream } from './event-stream.ts';
import { eventsOfTrace } from './events-of-trace.ts';
import { itemColumnsOf } from './item-log-plan.ts';
import { type ItemLogOptions, readItemLog } from './read-item-log.ts';

/** What to read, and how; see `readTrace` for what concerns prefix traces. */
export interface ReadEventsOptions extends ItemLogOptions {
  readonly files: readonly string[];
  readonly engine: QueryEngine;
  /** `auto`, `items` for an item log, or the name of a trace's format. */
  readonly format: string;
  readonly trace: TraceOptions;
  readonly namespaced: boolean;
  readonly quarantinePath: string | undefined;
  /** Told how many records were read. */
  readonly progress: (records: number) => void;
}

/**
 * Reads item logs or prefix traces as a stream of item events; files of one kind. By content: what has a time and an item
 * and no ids of blocks is an item log.
 *
 * @throws WavetuneError `events.*`, `trace.*`, `ingest.*`, `engine.*`.
 */
export async function readEvents(options: ReadEventsOptions): Promise<EventStream> {
  const { files, engine, format } = options;
  if (format === 'items' || (format === 'auto' && (await isItemLog(options)))) {
    const samples = await samplesOf(options);
    return withQuarantine(options.quarantinePath, (quarantine) =>
      readItemLog({ samples, engine, quarantine }, options),
    );
  }
  const { quarantinePath, maxBadRatio, namespaced, trace, progress } = options;
  const read = await readTrace({
    ...{ files, engine, format, options: trace, maxBadRatio, namespaced },
    ...(quarantinePath !== undefined && { quarantinePath }),
    progress: ({ rows }) => progress(rows),
  });
  return eventsOfTrace(read, options.valueBytes);
}

async function isItemLog(options: ReadEventsOptions): Promise<boolean> {
  const samples = await samplesOf(options);
  return samples.length > 0 && samples.every((sample) => itemColumnsOf(sample) !== undefined);
}

function samplesOf({ files, engine }: ReadEventsOptions): Promise<readonly TraceSample[]> {
  return Promise.all(files.map(async (file) => (await lookAtLog(file, {}, engine)).sample));
}
