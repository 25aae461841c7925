import type { TraceColumns } from '@wavetune/core';
import type { ReferenceKernel } from '../kernels/reference-kernel.ts';
import type { Tally } from './tally.ts';

/**
 * Runs a kernel over all references and counts those of the requests from `measureFrom` on.
 *
 * Where every block of the window is full one call does it; else the last, partial block of a request is run apart.
 */
export function runKernel(
  columns: TraceColumns,
  kernel: ReferenceKernel,
  measureFrom: number,
): Tally {
  const { offsets, blocks, blockSize } = columns;
  kernel.run(0, offsets[measureFrom]);
  const evictionsBefore = kernel.evictions();
  const { hitBlocks, hitTokens } = isWhole(columns, measureFrom)
    ? runWhole(kernel, offsets[measureFrom], blocks.length, blockSize)
    : runByRequest(columns, kernel, measureFrom);
  return { hitBlocks, hitTokens, evictions: kernel.evictions() - evictionsBefore };
}

/** No chain covers more than its blocks hold, so sums tell whether one covers less. */
function isWhole({ offsets, blocks, coveredTokens, blockSize }: TraceColumns, from: number) {
  let covered = 0;
  for (let r = from; r < coveredTokens.length; r++) covered += coveredTokens[r];
  return covered === (blocks.length - offsets[from]) * blockSize;
}

function runWhole(kernel: ReferenceKernel, begin: number, end: number, blockSize: number) {
  const hitBlocks = kernel.run(begin, end);
  return { hitBlocks, hitTokens: hitBlocks * blockSize };
}

function runByRequest(columns: TraceColumns, kernel: ReferenceKernel, measureFrom: number) {
  const { offsets, coveredTokens, blockSize } = columns;
  let hitBlocks = 0;
  let hitTokens = 0;
  for (let r = measureFrom; r < coveredTokens.length; r++) {
    const begin = offsets[r];
    const end = offsets[r + 1];
    if (begin === end) continue;
    const inner = kernel.run(begin, end - 1);
    const last = kernel.run(end - 1, end);
    hitBlocks += inner + last;
    hitTokens += inner * blockSize + last * (coveredTokens[r] - (end - 1 - begin) * blockSize);
  }
  return { hitBlocks, hitTokens };
}
