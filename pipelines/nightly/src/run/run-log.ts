import { pino } from 'pino';

/** What a run says while it works: JSON lines into its folder, and to the person or the journal that watches. */
export interface RunLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Writes JSON lines to `path`, and to standard error too where nobody watches a terminal. A disk that is full or may not be
 * written takes the log's lines away, never the run: its own steps say what they miss.
 */
export function openRunLog(path: string, { echo }: { readonly echo: boolean }): RunLog {
  const loggers = [
    ...(echo ? [loggerTo(process.stderr)] : []),
    ...optional(() =>
      loggerTo(pino.destination({ dest: path, append: true, mkdir: true, sync: true })),
    ),
  ];
  const write = (level: 'info' | 'error', message: string, fields: object): void => {
    for (const logger of loggers) optional(() => logger[level](fields, message));
  };
  return {
    info: (message, fields = {}) => write('info', message, fields),
    error: (message, fields = {}) => write('error', message, fields),
  };
}

function loggerTo(stream: pino.DestinationStream): pino.Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** What `work` gives, nothing where the disk refuses. */
function optional<T>(work: () => T): readonly T[] {
  try {
    return [work()];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return [];
  }
}
