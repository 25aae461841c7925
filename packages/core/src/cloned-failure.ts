import { isWavetuneError, WavetuneError } from './errors.ts';

/** An error taken apart, in a form that survives structured clone; `code` is there for coded errors only. */
export interface ClonedFailure {
  readonly code?: string;
  /** Of the kind of error. */
  readonly name: string;
  readonly details?: object;
  readonly message: string;
  readonly stack: string;
}

/** Takes an error apart, so that code and details cross to another thread. */
export function encodeFailure(error: unknown): ClonedFailure {
  if (isWavetuneError(error)) {
    const { code, name, details, message, stack = '' } = error;
    return { code, name, details, message, stack };
  }
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  const { name, message, stack = '' } = error;
  return { name, message, stack };
}

/** Inverse of {@link encodeFailure}, with the other thread's stack. */
export function decodeFailure(failure: ClonedFailure): Error {
  const { code, name, details = {}, message, stack } = failure;
  if (code !== undefined) {
    const coded = new WavetuneError(code, details, message.slice(code.length + 2));
    return Object.assign(coded, { stack });
  }
  return Object.assign(new Error(message), { name, stack });
}
