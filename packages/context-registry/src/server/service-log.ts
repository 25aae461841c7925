import { isWavetuneError } from '@wavetune/core';
import { type DestinationStream, type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The service's own log, a JSON object a line. */
export function createServiceLog(level: LogLevel, destination: DestinationStream): Logger {
  const timestamp = pino.stdTimeFunctions.isoTime;
  return pino({ name: 'context-registry', level, timestamp }, destination);
}

/** A failure without its message, which may repeat what a caller sent; that of memory and files names files of ours. */
export function loggable(failure: unknown): object {
  if (isWavetuneError(failure)) {
    const isOurs = /^(memory|snapshot|core|semantic)\./.test(failure.code);
    return { code: failure.code, ...(isOurs && { reason: failure.message }) };
  }
  if (!(failure instanceof Error)) return { kind: typeof failure };
  const frames = failure.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return { kind: failure.name, at: frames.slice(0, 8).map((frame) => frame.trim()) };
}
