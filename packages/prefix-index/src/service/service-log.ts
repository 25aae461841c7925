import { isWavetuneError } from '@wavetune/core';
import { type DestinationStream, type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * The service's own log, a JSON object a line. It holds names of calls, statuses and codes: nothing of a body, a question,
 * a header or a path that a caller wrote.
 */
export function createServiceLog(level: LogLevel, destination: DestinationStream): Logger {
  return pino(
    { name: 'prefix-indexer', level, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}

/** A failure without its message, which may repeat what a caller sent; that of a disk or a store names files of ours. */
export function loggable(failure: unknown): object {
  if (isWavetuneError(failure)) {
    const isOurs = /^(index-|live-index)/.test(failure.code);
    return { code: failure.code, ...(isOurs && { reason: failure.message }) };
  }
  if (!(failure instanceof Error)) return { kind: typeof failure };
  const frames = failure.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : undefined;
  return {
    kind: failure.name,
    ...(code !== undefined && { code }),
    at: frames.slice(0, 8).map((frame) => frame.trim()),
  };
}
