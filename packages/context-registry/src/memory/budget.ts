import { memoryError } from './memory-errors.ts';

/** What a registry's contexts may take up together: the tighter of the two counts. */
export interface Budget {
  readonly tokens?: number;
  /** Of KV cache. */
  readonly sizeBytes?: number;
}

/**
 * The budget in whole KV blocks; blocks that contexts share count once.
 *
 * @throws WavetuneError `memory.bad-budget` where it holds not even one block.
 */
export function budgetBlocks(
  { tokens, sizeBytes }: Budget,
  { blockSize, bytesPerToken }: { readonly blockSize: number; readonly bytesPerToken: number },
): number {
  const byTokens = tokens === undefined ? Number.POSITIVE_INFINITY : tokens / blockSize;
  const bySize =
    sizeBytes === undefined ? Number.POSITIVE_INFINITY : sizeBytes / (blockSize * bytesPerToken);
  const blocks = Math.floor(Math.min(byTokens, bySize));
  if (!Number.isSafeInteger(blocks) || blocks < 1) {
    const found = `${tokens ?? 'any'} tokens, ${sizeBytes ?? 'any'} bytes`;
    const block = `${blockSize} tokens of ${bytesPerToken} bytes`;
    const reason = `found ${found}; a block takes ${block}, and one at least must fit`;
    throw memoryError('memory.bad-budget', { reason });
  }
  return blocks;
}
