import type { Session } from '@wavetune/cli';
import { type Engine, openEngine, type QueryEngine } from '@wavetune/engine';
import { engineKind } from './engine-option.ts';
import type { RawLogOptions } from './log-options.ts';
import { sizeOption } from './size-option.ts';

type RawEngineOptions = Pick<RawLogOptions, 'engine-memory' | 'threads'>;

/** Runs `work` with an engine that a signal interrupts and that is closed whatever happens. */
export async function withEngine<T>(
  raw: RawEngineOptions,
  session: Session,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine({
    memoryLimitBytes: sizeOption('engine-memory', raw['engine-memory']),
    ...(raw.threads === undefined ? {} : { threads: raw.threads }),
  });
  return useEngine(engine, session, work);
}

/** As {@link withEngine}, with the engine that `--engine` names, or the embedded one. */
export async function withLogEngine<T>(
  raw: RawEngineOptions & { readonly engine: string | undefined },
  session: Session,
  work: (engine: QueryEngine) => Promise<T>,
): Promise<T> {
  if (raw.engine === undefined) return withEngine(raw, session, work);
  return useEngine(await openLogEngine(raw.engine), session, work);
}

/** The client of each is loaded only for who names it: together they take as long as half a command's start. */
async function openLogEngine(url: string): Promise<QueryEngine> {
  if (engineKind(url) === 'clickhouse') {
    const { openClickhouseEngine } = await import('@wavetune/clickhouse');
    return openClickhouseEngine(url);
  }
  const { openSparkEngine } = await import('@wavetune/spark');
  return await openSparkEngine(url);
}

async function useEngine<E extends QueryEngine, T>(
  engine: E,
  session: Session,
  work: (engine: E) => Promise<T>,
): Promise<T> {
  const interrupt = (): void => engine.interrupt();
  session.signal.addEventListener('abort', interrupt);
  try {
    session.checkpoint();
    return await work(engine);
  } finally {
    session.signal.removeEventListener('abort', interrupt);
    await engine.close();
  }
}
