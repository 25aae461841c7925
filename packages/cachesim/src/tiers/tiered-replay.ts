import { type RequestRange, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { seenBefore, walkDepths } from '../curves/stack-at.ts';

/** One level of memory, fastest first. */
export interface Tier {
  readonly name: string;
  readonly capacityBlocks: number;
  /** From this tier into the device; infinite for the device's own memory. */
  readonly bytesPerSecond: number;
  /** Once a request that loads from this tier. */
  readonly latencySeconds: number;
}

export interface TierOptions {
  readonly tiers: readonly Tier[];
  /** `exclusive`: a block lies in one tier, what falls out of one goes to the next. `inclusive`: a tier holds what those above it hold. */
  readonly holding: 'exclusive' | 'inclusive';
  readonly bytesPerToken: number;
  /** Model FLOPs a token over the device's throughput. */
  readonly prefillSecondsPerToken: number;
  readonly measured: RequestRange;
}

export interface TierResult {
  readonly name: string;
  readonly hitBlocks: number;
  readonly hitTokens: number;
  /** Bytes read from the tier into the device. */
  readonly loadedBytes: number;
  /** Bytes written to the tier: demotions from the tier above (exclusive), every missed block (inclusive). */
  readonly writtenBytes: number;
  readonly loadSeconds: number;
}

export interface TieredReplay {
  readonly tiers: readonly TierResult[];
  readonly hitTokens: number;
  readonly missedTokens: number;
  /** Prefill that hits made unnecessary, less the time to load them; negative where loading is slower than computing. */
  readonly savedSeconds: number;
  readonly prefillSeconds: number;
}

/**
 * LRU over tiers, from the depths of the one LRU stack: exclusive tiers with demotion are cuts of it at the running sums
 * of their capacities, inclusive ones at the capacities themselves. A hit costs its tier's load, a miss its prefill.
 *
 * Every block that a request brings into an exclusive tier pushes one out of it once it is full, also where the chain is
 * longer than the tier.
 */
export function replayTiers(columns: TraceColumns, options: TierOptions): TieredReplay {
  const { tiers, measured, bytesPerToken, prefillSecondsPerToken } = options;
  const bounds = boundsOf(options);
  const counts = countTiers(columns, measured, bounds);
  const inputTokens = columns.inputTokens
    .subarray(measured.begin, measured.end)
    .reduce((sum, tokens) => sum + tokens, 0);
  const results = tiers.map((tier, k): TierResult => {
    const { blocks, tokens, requests } = counts[k];
    const isDevice = tier.bytesPerSecond === Number.POSITIVE_INFINITY;
    const loadedBytes = isDevice ? 0 : tokens * bytesPerToken;
    const source = options.holding === 'exclusive' ? counts[k - 1]?.pushed : counts[k].entered;
    return {
      name: tier.name,
      hitBlocks: blocks,
      hitTokens: tokens,
      loadedBytes,
      writtenBytes: isDevice ? 0 : (source ?? 0) * columns.blockSize * bytesPerToken,
      loadSeconds: requests * tier.latencySeconds + loadedBytes / tier.bytesPerSecond,
    };
  });
  const hitTokens = results.reduce((sum, tier) => sum + tier.hitTokens, 0);
  const loadSeconds = results.reduce((sum, tier) => sum + tier.loadSeconds, 0);
  return {
    tiers: results,
    hitTokens,
    missedTokens: inputTokens - hitTokens,
    savedSeconds: hitTokens * prefillSecondsPerToken - loadSeconds,
    prefillSeconds: (inputTokens - hitTokens) * prefillSecondsPerToken,
  };
}

interface TierCounts {
  blocks: number;
  tokens: number;
  /** Requests that hit here. */
  requests: number;
  /** Blocks brought above the tier's lower bound, and blocks that they pushed below it. */
  entered: number;
  pushed: number;
}

/** Depth at which each tier ends. */
function boundsOf({ tiers, holding }: TierOptions): readonly number[] {
  let above = 0;
  return tiers.map(({ capacityBlocks }) => {
    above = holding === 'exclusive' ? above + capacityBlocks : Math.max(above, capacityBlocks);
    return above;
  });
}

function countTiers(
  columns: TraceColumns,
  measured: RequestRange,
  bounds: readonly number[],
): readonly TierCounts[] {
  const counts = bounds.map(() => ({ blocks: 0, tokens: 0, requests: 0, entered: 0, pushed: 0 }));
  let stackSize = seenBefore(columns, measured.begin);
  walkDepths(columns, measured, (request, depths, chain) => {
    const known = depths.subarray(0, chain).indexOf(-1);
    const hitEnd = known === -1 ? chain : known;
    let from = 0;
    bounds.forEach((bound, k) => {
      let end = from;
      while (end < hitEnd && depths[end] < bound) end++;
      const entered = chain - end;
      const free = Math.max(0, bound - stackSize);
      counts[k].blocks += end - from;
      counts[k].tokens +=
        tokensOfPrefix(columns, request, end) - tokensOfPrefix(columns, request, from);
      counts[k].requests += end > from ? 1 : 0;
      counts[k].entered += entered;
      counts[k].pushed += Math.max(0, entered - free);
      from = end;
    });
    stackSize += chain - hitEnd;
  });
  return counts;
}
