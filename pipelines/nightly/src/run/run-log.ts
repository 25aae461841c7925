import { pino } from 'pino';

/** What a run says while it works: JSON lines into its folder, and to the person or the journal that watches. */
export interface RunLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Writes JSON lines to `path`, and to standard error too where nobody watches a terminal.
 *
 * @param level - `silent` where the person asked for quiet; the file gets everything.
 */
export function openRunLog(path: string, { echo }: { readonly echo: boolean }): RunLog {
  const file = pino.destination({ dest: path, append: true, mkdir: true, sync: true });
  const streams: { stream: NodeJS.WritableStream }[] = [
    { stream: file as unknown as NodeJS.WritableStream },
  ];
  if (echo) streams.push({ stream: process.stderr });
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream(streams),
  );
  return {
    info: (message, fields = {}) => log.info(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}
