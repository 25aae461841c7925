import { isWavetuneError, WavetuneError } from './errors.ts';

/** An error taken apart, in a form that survives structured clone; `code` is there for coded errors only. */
export interface ClonedFailure {
  readonly code?: string;
  readonly details?: object;
  readonly message: string;
  readonly stack: string;
}

/** Takes an error apart, so that code and details cross to another thread. */
export function encodeFailure(error: unknown): ClonedFailure {
  if (isWavetuneError(error)) {
    const { code, details, message, stack = '' } = error;
    return { code, details, message, stack };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, stack: error instanceof Error ? (error.stack ?? '') : '' };
}

/** Inverse of {@link encodeFailure}, with the other thread's stack. */
export function decodeFailure(failure: ClonedFailure): Error {
  const error =
    failure.code === undefined
      ? new Error(failure.message)
      : new WavetuneError(
          failure.code,
          failure.details ?? {},
          failure.message.slice(failure.code.length + 2),
        );
  error.stack = failure.stack;
  return error;
}
