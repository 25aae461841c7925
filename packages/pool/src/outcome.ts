import { isWavetuneError, WavetuneError } from '@wavetune/core';

/** What comes back from a worker: the value, or the failure in a form that survives structured clone. */
export type TaskOutcome<Value> = { readonly value: Value } | { readonly failure: TaskFailure };

/** An error taken apart; `code` is there for coded errors only. */
export interface TaskFailure {
  readonly code?: string;
  readonly details?: object;
  readonly message: string;
  readonly stack: string;
}

/** Takes an error apart, so that code and details cross to the caller's thread. */
export function encodeFailure(error: unknown): TaskFailure {
  if (isWavetuneError(error)) {
    const { code, details, message, stack = '' } = error;
    return { code, details, message, stack };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, stack: error instanceof Error ? (error.stack ?? '') : '' };
}

/** Inverse of {@link encodeFailure}, with the worker's stack. */
export function decodeFailure(failure: TaskFailure): Error {
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
