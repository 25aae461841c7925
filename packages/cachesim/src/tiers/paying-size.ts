import type { CapacityCurve } from '../curves/lru-curve.ts';

export interface PayingOptions {
  /** Blocks that the tiers above hold. */
  readonly aboveBlocks: number;
  readonly blockBytes: number;
  /** What a token hit in this tier saves: its prefill less its load. */
  readonly savedSecondsPerToken: number;
  /** What a GiB of this tier must save over the measured window to pay. */
  readonly leastSecondsPerGib: number;
}

const GIB = 2 ** 30;

/**
 * Blocks of an exclusive LRU tier past which the next GiB stops paying.
 *
 * Hits grow in steps, so the curve's upper concave hull is looked at: the size is its last corner up to which every GiB
 * still saves what is asked. Latency a request is left out. Cost: O(distinct blocks).
 */
export function payingBlocks(curve: CapacityCurve, options: PayingOptions): number {
  const { aboveBlocks, blockBytes, savedSecondsPerToken, leastSecondsPerGib } = options;
  const { hitTokens } = curve;
  const last = hitTokens.length - 1;
  const leastTokensPerBlock = (leastSecondsPerGib * blockBytes) / GIB / savedSecondsPerToken;
  const first = Math.min(aboveBlocks, last);
  if (!(savedSecondsPerToken > 0)) return 0;
  let best = first;
  for (let size = first + 1; size <= last; size++) {
    const gain = hitTokens[size] - hitTokens[best];
    if (gain > 0 && gain >= leastTokensPerBlock * (size - best)) best = size;
  }
  return best - first;
}
