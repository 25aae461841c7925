import { NONE, type TraceColumns } from '@wavetune/core';
import { prefixError } from './prefix-errors.ts';

/**
 * Holds columns to what `TraceColumns` promises and every kernel here relies on: chained identity, block ids dense in
 * order of first appearance, ascending times, and tokens that the chain's blocks can hold.
 *
 * Cost: O(references), nothing allocated.
 *
 * @throws WavetuneError `prefix.bad-columns` at the first request that breaks it.
 */
export function verifyColumns(columns: TraceColumns): void {
  const { offsets, blocks, parents, timeMillis } = columns;
  let unseen = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (let request = 0; request + 1 < offsets.length; request++) {
    const refuse = (found: string, accepted: string): never => {
      throw prefixError('prefix.bad-columns', { request, found, accepted });
    };
    const time = timeMillis[request];
    if (!(time >= before && time < Number.POSITIVE_INFINITY)) {
      refuse(`time ${time} ms after ${before} ms`, 'finite ascending times');
    }
    before = time;
    const problem = tokenProblem(columns, request);
    if (problem !== undefined) refuse(problem, 'tokens that its blocks can hold, up to its input');
    let parent = NONE;
    for (let i = offsets[request]; i < offsets[request + 1]; i++) {
      const block = blocks[i];
      if (block > unseen) refuse(`block ${block} before block ${unseen}`, 'order of appearance');
      if (block === unseen) unseen++;
      if (parents[block] !== parent) {
        refuse(`block ${block} after ${parent}`, `its one parent ${parents[block]}`);
      }
      parent = block;
    }
  }
  const requests = offsets.length - 1;
  if (offsets[requests] !== blocks.length || unseen !== parents.length) {
    throw prefixError('prefix.bad-columns', {
      request: requests,
      found: `${offsets[requests]} references and ${unseen} blocks before it`,
      accepted: `${blocks.length} references and ${parents.length} blocks`,
    });
  }
}

function tokenProblem(columns: TraceColumns, request: number): string | undefined {
  const chain = columns.offsets[request + 1] - columns.offsets[request];
  const covered = columns.coveredTokens[request];
  const least = chain === 0 ? 0 : (chain - 1) * columns.blockSize + 1;
  const fits = covered >= least && covered <= chain * columns.blockSize;
  return fits && covered <= columns.inputTokens[request]
    ? undefined
    : `${covered} tokens in ${chain} blocks of ${columns.blockSize}, ${columns.inputTokens[request]} of input`;
}
