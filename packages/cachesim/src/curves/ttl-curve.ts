import { NONE, type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';

/** Hits at every time to live; arrays of one length, one entry a distinct gap, ascending. */
export interface TtlCurve {
  /** A time to live of at least this reaches the entry's hits. */
  readonly ttlMillis: Float64Array;
  readonly hitBlocks: Float64Array;
  readonly hitTokens: Float64Array;
}

/**
 * Hits of a cache that keeps each block for a fixed time after its latest touch and has room for all of them, for every
 * time to live at once: a block is hit iff its gap is at most the time to live. A prefix was touched whenever its
 * extension was, so its gaps are never longer, and the hits are prefix-continuous of themselves.
 *
 * Cost: O(n log n) in the runs of neighbours that were last touched together.
 */
export function ttlCurve(columns: TraceColumns, measured: RequestRange): TtlCurve {
  const runs = gapRuns(columns, measured);
  const order = runs.gaps.map((_, i) => i).sort((a, b) => runs.gaps[a] - runs.gaps[b]);
  const ttlMillis: number[] = [];
  const hitBlocks: number[] = [];
  const hitTokens: number[] = [];
  let blocks = 0;
  let tokens = 0;
  for (const run of order) {
    blocks += runs.blocks[run];
    tokens += runs.tokens[run];
    if (ttlMillis.at(-1) !== runs.gaps[run]) ttlMillis.push(runs.gaps[run]);
    hitBlocks[ttlMillis.length - 1] = blocks;
    hitTokens[ttlMillis.length - 1] = tokens;
  }
  return {
    ttlMillis: Float64Array.from(ttlMillis),
    hitBlocks: Float64Array.from(hitBlocks),
    hitTokens: Float64Array.from(hitTokens),
  };
}

/** Hits at one time to live. */
export function hitsAtTtl(
  curve: TtlCurve,
  ttlMillis: number,
): { readonly hitBlocks: number; readonly hitTokens: number } {
  let low = 0;
  let high = curve.ttlMillis.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (curve.ttlMillis[middle] <= ttlMillis) low = middle + 1;
    else high = middle;
  }
  return low === 0
    ? { hitBlocks: 0, hitTokens: 0 }
    : { hitBlocks: curve.hitBlocks[low - 1], hitTokens: curve.hitTokens[low - 1] };
}

function gapRuns(columns: TraceColumns, measured: RequestRange) {
  const { offsets, blocks, timeMillis, coveredTokens, blockSize } = columns;
  const latest = new Uint32Array(shapeOf(columns).distinctBlocks).fill(NONE);
  const runs = { gaps: [] as number[], blocks: [] as number[], tokens: [] as number[] };
  for (let r = 0; r < measured.end; r++) {
    const end = offsets[r + 1];
    for (let i = offsets[r]; i < end; ) {
      const touched = latest[blocks[i]];
      const first = i;
      while (i < end && latest[blocks[i]] === touched) latest[blocks[i++]] = r;
      if (touched === NONE || r < measured.begin) continue;
      const lacking = i === end ? (end - offsets[r]) * blockSize - coveredTokens[r] : 0;
      runs.gaps.push(timeMillis[r] - timeMillis[touched]);
      runs.blocks.push(i - first);
      runs.tokens.push((i - first) * blockSize - lacking);
    }
  }
  return runs;
}
