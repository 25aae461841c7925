import { WavetuneError } from '@wavetune/core';

/** The code of the error that `act` throws; fails where it throws none, or one without a code. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WavetuneError) return error.code;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** As {@link codeOf}, with the path that the error names. */
export function failureOf(act: () => unknown): { code: string; path: unknown } {
  try {
    act();
  } catch (error) {
    if (!(error instanceof WavetuneError)) throw error;
    return { code: error.code, path: (error.details as { path?: string }).path };
  }
  throw new Error('nothing was thrown');
}
