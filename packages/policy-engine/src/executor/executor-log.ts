import { type DestinationStream, type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The executor's log, a JSON object a line: what became of each plan, by its id. */
export function createExecutorLog(level: LogLevel, destination: DestinationStream): Logger {
  const timestamp = pino.stdTimeFunctions.isoTime;
  return pino({ name: 'cache-policy-executor', level, timestamp }, destination);
}
