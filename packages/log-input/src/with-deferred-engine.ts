import type { Session } from '@wavetune/cli';
import { openEngine, type QueryEngine } from '@wavetune/engine';
import type { RawLogOptions } from './log-options.ts';
import { sizeOption } from './size-option.ts';

/**
 * As `withEngine`, with an engine that is opened when it is first asked for something: what is read without one does not
 * wait for it.
 */
export async function withDeferredEngine<T>(
  raw: Pick<RawLogOptions, 'engine-memory' | 'threads'>,
  session: Session,
  work: (engine: QueryEngine) => Promise<T>,
): Promise<T> {
  const options = {
    memoryLimitBytes: sizeOption('engine-memory', raw['engine-memory']),
    ...(raw.threads === undefined ? {} : { threads: raw.threads }),
  };
  const engine = defer(() => openEngine(options));
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

/** Every place is a file's name to such an engine. */
function defer(open: () => Promise<QueryEngine>): QueryEngine {
  let opening: Promise<QueryEngine> | undefined;
  let opened: QueryEngine | undefined;
  const engine = async (): Promise<QueryEngine> => {
    opening ??= open();
    opened = await opening;
    return opened;
  };
  return {
    keepsFileOrder: true,
    stream: async function* (plan) {
      yield* (await engine()).stream(plan);
    },
    rows: async (plan) => (await engine()).rows(plan),
    explain: async (plan, options) => (await engine()).explain(plan, options),
    describeFile: async (path, format) => (await engine()).describeFile(path, format),
    describePlace: async () => undefined,
    readShare: () => opened?.readShare(),
    interrupt: () => opened?.interrupt(),
    close: async () => {
      await (await opening)?.close();
    },
  };
}
