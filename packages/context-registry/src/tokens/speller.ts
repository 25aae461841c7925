import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createTurns } from '../memory/turns.ts';
import { checkedText } from './hugging-face.ts';
import { tokensError } from './tokens-errors.ts';

/** Spells long texts on a thread of its own, so that nobody waits for them but who asked. */
export interface Speller {
  /** Whether a text is worth the way to the thread. */
  readonly isLong: (text: string | Uint8Array) => boolean;
  /**
   * One text after the other.
   *
   * @throws WavetuneError `tokens.text-too-long`, `tokens.invalid-text`, `tokens.too-slow`.
   */
  readonly spell: (text: string | Uint8Array) => Promise<Uint32Array>;
  readonly close: () => Promise<void>;
}

/** Which tokenizer, and what one text may take. */
export interface SpellerOptions {
  /** Of a `tokenizer.json`; the default tokenizer's without. */
  readonly path?: string;
  /** Of one text. */
  readonly maxTextBytes: number;
  /** Texts of more bytes, or letters of a string, are long. */
  readonly longBytes: number;
  /** Of one text, from when its turn comes. */
  readonly deadlineMillis: number;
}

/**
 * Chosen: 16 KiB in one word, the worst there is, take about 0.1 s, of prose 0.02 s. Ordinary texts of 4 MiB take about 4 s, and have
 * to be done on a busy machine too.
 */
export const SPELLER_DEFAULTS = { longBytes: 16 * 2 ** 10, deadlineMillis: 30_000 };

/** The thread starts with the first long text, and anew after one that took too long. */
export function createSpeller(options: SpellerOptions): Speller {
  const turns = createTurns();
  let worker: Worker | undefined;
  let isClosed = false;
  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const spellNow = async (text: string): Promise<Uint32Array> => {
    if (isClosed) throw new Error('the speller is closed');
    try {
      worker ??= await startThread(options.path);
      return await answerOf(worker, text, options.deadlineMillis);
    } catch (failure) {
      await end();
      throw failure;
    }
  };
  return {
    isLong: (text) => text.length > options.longBytes,
    spell: async (text) => {
      const checked = checkedText(text, options.maxTextBytes);
      return turns.take('spell', () => spellNow(checked));
    },
    close: async () => {
      isClosed = true;
      await end();
      await turns.settle();
    },
  };
}

/** A thread that has read its tokenizer. Rejects with why it cannot. */
async function startThread(path: string | undefined): Promise<Worker> {
  const worker = new Worker(new URL('./spelling-thread.ts', import.meta.url), {
    workerData: { path },
  });
  worker.unref();
  await once(worker, 'message');
  return worker;
}

function answerOf(worker: Worker, text: string, deadlineMillis: number): Promise<Uint32Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint32Array>();
  const onExit = (): void => reject(new Error('the thread that spells ended'));
  const timer = setTimeout(
    () => reject(tokensError('tokens.too-slow', { deadlineMillis })),
    deadlineMillis,
  );
  worker.once('message', resolve).once('error', reject).once('exit', onExit);
  worker.postMessage(text);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', reject).off('exit', onExit);
  });
}
