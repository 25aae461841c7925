import type { Session } from '@wavetune/cli';
import type { QueryEngine } from '@wavetune/engine';
import { type ReadTrace, readTrace } from '@wavetune/ingest';
import { type RawLogOptions, traceOptionsOf } from './log-options.ts';

/** Files, and what the user said of them. */
export interface LogInput {
  readonly files: readonly string[];
  readonly raw: RawLogOptions;
  readonly engine: QueryEngine;
}

/**
 * Reads logs into columns, with progress on the session's line; a signal stops it at the next chunk.
 *
 * @throws WavetuneError as `readTrace`; what `session.checkpoint` throws.
 */
export function readLogs(session: Session, { files, raw, engine }: LogInput): Promise<ReadTrace> {
  return readTrace({
    files,
    format: raw.format,
    options: traceOptionsOf(raw),
    engine,
    namespaced: raw.namespace !== 'none',
    maxBadRatio: raw['max-bad'],
    ...(raw.quarantine === undefined ? {} : { quarantinePath: raw.quarantine }),
    progress: ({ stage, rows, readBytes, totalBytes }) => {
      session.checkpoint();
      const total = readBytes > 0 ? Math.round((rows * totalBytes) / readBytes) : undefined;
      session.progress.report(stage, rows, total);
    },
  });
}
