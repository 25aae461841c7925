import type { Session } from '@wavetune/cli';
import { type Engine, openEngine } from '@wavetune/engine';
import type { RawLogOptions } from './log-options.ts';
import { sizeOption } from './size-option.ts';

/** Runs `work` with an engine that a signal interrupts and that is closed whatever happens. */
export async function withEngine<T>(
  raw: Pick<RawLogOptions, 'engine-memory' | 'threads'>,
  session: Session,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine({
    memoryLimitBytes: sizeOption('engine-memory', raw['engine-memory']),
    ...(raw.threads === undefined ? {} : { threads: raw.threads }),
  });
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
