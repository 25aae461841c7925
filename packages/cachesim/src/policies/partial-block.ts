import { NONE, type TraceColumns } from '@wavetune/core';

/** The last block of request `request` where it is not full, else `NONE`. */
export function partialBlockOf(columns: TraceColumns, request: number): number {
  const { offsets, blocks, coveredTokens, blockSize } = columns;
  const end = offsets[request + 1];
  const chain = end - offsets[request];
  return chain === 0 || coveredTokens[request] === chain * blockSize ? NONE : blocks[end - 1];
}
