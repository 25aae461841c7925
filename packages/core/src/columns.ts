/** In `parents` and `sessions`: none. */
export const NONE = 0xffff_ffff;

/**
 * A request trace in columns: n requests, m block references, d distinct blocks. Made once a trace, read by every stage,
 * shared by all threads without a copy (every array lies over a `SharedArrayBuffer`).
 *
 * Requests are in order of arrival. Block ids are dense and in order of first appearance, and identity is chained: a
 * block names the whole prefix up to and including it. So `parents[b] < b` for every block that has one, which makes
 * ascending id a topological order of the prefix forest.
 */
export interface TraceColumns {
  /** Tokens in a full block; 1 where a block has no tokens (path-like keys). */
  readonly blockSize: number;
  /** Request r references `blocks[offsets[r] … offsets[r + 1])`, root first; shape `[n + 1]`. */
  readonly offsets: Uint32Array;
  /** Shape `[m]`. */
  readonly blocks: Uint32Array;
  /** Prompt tokens of a request, the uncacheable tail included; shape `[n]`. */
  readonly inputTokens: Uint32Array;
  /** Tokens that its chain covers, `≤ inputTokens`: every block is full but perhaps the last; shape `[n]`. */
  readonly coveredTokens: Uint32Array;
  /** Shape `[n]`. */
  readonly outputTokens: Uint32Array;
  /** Arrival, milliseconds, ascending; shape `[n]`. */
  readonly timeMillis: Float64Array;
  /** Dense tenant ids; shape `[n]`. */
  readonly tenants: Uint32Array;
  /** Dense session ids, `NONE` where the log names none; shape `[n]`. */
  readonly sessions: Uint32Array;
  /** The block before it in every chain, `NONE` for a root; shape `[d]`. */
  readonly parents: Uint32Array;
}

/** The lengths of a trace's columns. */
export interface TraceShape {
  readonly requests: number;
  readonly references: number;
  readonly distinctBlocks: number;
}

/** Reads the lengths off the columns. */
export function shapeOf(columns: TraceColumns): TraceShape {
  return {
    requests: columns.offsets.length - 1,
    references: columns.blocks.length,
    distinctBlocks: columns.parents.length,
  };
}

/** `length` zeroed u32 over shared memory. */
export function sharedUint32(length: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
}

/** `length` zeroed f64 over shared memory. */
export function sharedFloat64(length: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/**
 * Tokens of request `request` that its first `hitBlocks` blocks hold.
 *
 * Only the last block of a chain can be partial, so this needs no token count a block.
 */
export function tokensOfPrefix(columns: TraceColumns, request: number, hitBlocks: number): number {
  const chain = columns.offsets[request + 1] - columns.offsets[request];
  return hitBlocks === chain ? columns.coveredTokens[request] : hitBlocks * columns.blockSize;
}
