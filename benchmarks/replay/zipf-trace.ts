import { createRng, NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';

/** References to objects of Zipf-like popularity. */
export interface ZipfOptions {
  readonly references: number;
  readonly objects: number;
  /** Exponent of the popularity. */
  readonly skew: number;
  readonly seed: number;
}

/** Ranks drawn by inverse transform over the cumulated weights, by binary search; shape `[references]`. */
export function drawZipf({ references, objects, skew, seed }: ZipfOptions): Uint32Array {
  const cumulated = new Float64Array(objects);
  let sum = 0;
  for (let rank = 0; rank < objects; rank++) {
    sum += 1 / (rank + 1) ** skew;
    cumulated[rank] = sum;
  }
  const rng = createRng(seed);
  const ranks = sharedUint32(references);
  for (let i = 0; i < references; i++) ranks[i] = lowerBound(cumulated, rng.nextFloat() * sum);
  return ranks;
}

/** One request a reference, ids dense in order of first appearance. */
export function zipfColumns(ranks: Uint32Array): TraceColumns {
  const objects = ranks.reduce((most, rank) => Math.max(most, rank), 0) + 1;
  const dense = new Uint32Array(objects).fill(NONE);
  const blocks = sharedUint32(ranks.length);
  let count = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (dense[ranks[i]] === NONE) dense[ranks[i]] = count++;
    blocks[i] = dense[ranks[i]];
  }
  return looseColumns(blocks, count, 1);
}

/** The same references in requests of `each`: what counts references alone does not see the difference. */
export function regroup({ blocks, parents }: TraceColumns, each: number): TraceColumns {
  return looseColumns(blocks, parents.length, each);
}

function looseColumns(blocks: Uint32Array, distinctBlocks: number, each: number): TraceColumns {
  const n = Math.ceil(blocks.length / each);
  const offsets = sharedUint32(n + 1);
  const tokens = sharedUint32(n);
  const timeMillis = sharedFloat64(n);
  for (let r = 0; r < n; r++) {
    offsets[r + 1] = Math.min((r + 1) * each, blocks.length);
    tokens[r] = offsets[r + 1] - offsets[r];
    timeMillis[r] = r;
  }
  return {
    blockSize: 1,
    offsets,
    blocks,
    inputTokens: tokens,
    coveredTokens: tokens,
    outputTokens: sharedUint32(n),
    timeMillis,
    tenants: sharedUint32(n),
    sessions: sharedUint32(n).fill(NONE),
    parents: sharedUint32(distinctBlocks).fill(NONE),
  };
}

function lowerBound(cumulated: Float64Array, value: number): number {
  let low = 0;
  let high = cumulated.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulated[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
