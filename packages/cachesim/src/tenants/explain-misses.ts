import { NONE, type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';

/**
 * Why a block was missed; the first that is true.
 *
 * `cold` no block of its chain was ever seen. `diverged` it was never seen, a shorter prefix of its chain was. `elsewhere`
 * it was seen, but by other caches only (replicas, or tenants kept apart). `expired` this cache saw it longer ago than the
 * time to live. `evicted` this cache saw it and had no room to keep it, or did not let it in.
 */
export type MissReason = 'cold' | 'diverged' | 'elsewhere' | 'expired' | 'evicted';

export const MISS_REASONS: readonly MissReason[] = [
  'cold',
  'diverged',
  'elsewhere',
  'expired',
  'evicted',
];

/** Chains that left the known forest at one block. */
export interface Divergence {
  /** The last block that was known. */
  readonly block: number;
  readonly requests: number;
  /** Blocks missed after it, for that reason. */
  readonly missedBlocks: number;
}

export interface MissTable {
  /** Missed blocks by reason; they sum to `missedBlocks`. */
  readonly blocks: Readonly<Record<MissReason, number>>;
  readonly missedBlocks: number;
  /** Most missed blocks first, equals by block. */
  readonly divergences: readonly Divergence[];
}

export interface MissOptions {
  readonly measured: RequestRange;
  /** Hit blocks of each request; shape `[requests]`. */
  readonly hits: Uint32Array;
  /** Cache that served each request; one for all where left out; shape `[requests]`. */
  readonly parts?: Uint32Array;
  /** Of the cache, where it has one. */
  readonly ttlMillis?: number;
}

/**
 * Gives every missed block of the measured window exactly one reason.
 *
 * Cost: one pass; 4 bytes a distinct block for each cache.
 */
export function explainMisses(columns: TraceColumns, options: MissOptions): MissTable {
  const { offsets, blocks, timeMillis } = columns;
  const { measured, hits, parts, ttlMillis = Number.POSITIVE_INFINITY } = options;
  const { distinctBlocks } = shapeOf(columns);
  const counts: Record<MissReason, number> = {
    cold: 0,
    diverged: 0,
    elsewhere: 0,
    expired: 0,
    evicted: 0,
  };
  const seen = new Uint8Array(distinctBlocks);
  const latestOf = new Map<number, Uint32Array>();
  const divergences = new Map<number, { requests: number; missedBlocks: number }>();
  let missedBlocks = 0;
  for (let r = 0; r < measured.end; r++) {
    const [begin, end] = [offsets[r], offsets[r + 1]];
    const latest = latestOf.get(parts?.[r] ?? 0) ?? new Uint32Array(distinctBlocks).fill(NONE);
    latestOf.set(parts?.[r] ?? 0, latest);
    if (r >= measured.begin) {
      let known = begin;
      while (known < end && seen[blocks[known]] === 1) known++;
      for (let i = begin + hits[r]; i < known; i++) {
        const touched = latest[blocks[i]];
        if (touched === NONE) counts.elsewhere++;
        else if (timeMillis[r] - timeMillis[touched] > ttlMillis) counts.expired++;
        else counts.evicted++;
      }
      const isCold = known === begin;
      counts[isCold ? 'cold' : 'diverged'] += end - known;
      missedBlocks += end - begin - hits[r];
      if (!isCold && known < end) countDivergence(divergences, blocks[known - 1], end - known);
    }
    for (let i = begin; i < end; i++) {
      seen[blocks[i]] = 1;
      latest[blocks[i]] = r;
    }
  }
  return {
    blocks: counts,
    missedBlocks,
    divergences: [...divergences]
      .map(([block, sums]) => ({ block, ...sums }))
      .sort((a, b) => b.missedBlocks - a.missedBlocks || a.block - b.block),
  };
}

function countDivergence(
  divergences: Map<number, { requests: number; missedBlocks: number }>,
  block: number,
  missed: number,
): void {
  const sums = divergences.get(block) ?? { requests: 0, missedBlocks: 0 };
  sums.requests++;
  sums.missedBlocks += missed;
  divergences.set(block, sums);
}
