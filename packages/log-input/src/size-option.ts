import { parseSize } from '@wavetune/core';
import { logInputError } from './log-input-errors.ts';

/**
 * Bytes of a size that a user typed behind `--option`.
 *
 * @throws WavetuneError `usage.bad-size`
 */
export function sizeOption(option: string, text: string): number {
  try {
    return parseSize(text);
  } catch (cause) {
    throw logInputError('usage.bad-size', { option, found: text }, { cause });
  }
}
