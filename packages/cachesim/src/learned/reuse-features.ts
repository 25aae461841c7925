import { NONE, shapeOf, type TraceColumns } from '@wavetune/core';

/** One thing that is known of a block when it is touched; its levels are what a table distinguishes. */
export interface ReuseFeature {
  readonly name: string;
  /** Level of a value = how many of these it reaches; at most 15, ascending. */
  readonly thresholds: readonly number[];
}

const COUNTS = [1, 2, 3, 4, 5, 7, 10, 14, 20, 32, 64, 128, 512, 2048];

/**
 * What the worth of a block can depend on: all known at the touch itself, none of it from a cache's contents, so that a
 * table fitted beside one cache holds beside another. Thresholds are chosen.
 *
 * `uses` touches of the block so far, this one included. `from-end` blocks after it in the chain, plus one, and 0 for a
 * partial last block. `depth` blocks before it. `turn` requests of its conversation so far (see {@link createReuseFeatures}).
 * `new-blocks` blocks of the chain never seen before. `chain` blocks of the chain. `gap-millis` since its touch before, -1
 * for the first. `message-tokens` tokens of the prompt that neither the conversation's last prompt nor the answer to it
 * held; all of it at turn 1.
 */
export const REUSE_FEATURES: readonly ReuseFeature[] = [
  { name: 'uses', thresholds: [2, 3, 4, 5, 6, 8, 11, 16, 24, 40, 80, 160, 640, 2560] },
  { name: 'from-end', thresholds: COUNTS },
  { name: 'depth', thresholds: COUNTS },
  { name: 'turn', thresholds: [2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 64, 128] },
  { name: 'new-blocks', thresholds: COUNTS },
  { name: 'chain', thresholds: [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 512, 2048] },
  {
    name: 'gap-millis',
    thresholds: [
      0, 1e3, 4e3, 8e3, 16e3, 24e3, 36e3, 54e3, 80e3, 120e3, 180e3, 270e3, 600e3, 1.8e6, 7.2e6,
    ],
  },
  {
    name: 'message-tokens',
    thresholds: [1, 8, 16, 32, 64, 128, 256, 400, 600, 1000, 2000, 4000, 8000, 16_000],
  },
];

const LEVEL_BITS = 4;
const [USES, FROM_END, DEPTH, TURN, NEW_BLOCKS, CHAIN, GAP, MESSAGE] = REUSE_FEATURES.keys();

/** Follows a trace request by request and says of each touched block which level of each feature it has. */
export interface ReuseFeatures {
  /**
   * Writes a code for each block of the request's chain; requests must come in order, each once. Bits `[4f, 4f + 4)` of a
   * code are the level of feature f.
   */
  observe(request: number, codes: Uint32Array): void;
}

/** The level of feature `feature` in a code. */
export function levelOf(code: number, feature: number): number {
  return (code >>> (LEVEL_BITS * feature)) & 15;
}

/**
 * A conversation is recognised by its prefix: a request continues the one that last touched its deepest known block if it
 * knows all of that chain but at most the last block, which grows with the conversation; it is then the next turn.
 *
 * Memory: 8 bytes a distinct block, 4 a request.
 */
export function createReuseFeatures(columns: TraceColumns): ReuseFeatures {
  const { offsets, blocks, timeMillis, coveredTokens, blockSize } = columns;
  const { requests, distinctBlocks } = shapeOf(columns);
  const uses = new Uint32Array(distinctBlocks);
  const latest = new Uint32Array(distinctBlocks).fill(NONE);
  const turns = new Uint32Array(requests);

  const bitsOfRequest = (request: number, begin: number, chain: number): number => {
    let known = 0;
    while (known < chain && uses[blocks[begin + known]] > 0) known++;
    const before = known === 0 ? NONE : latest[blocks[begin + known - 1]];
    const isNextTurn = before !== NONE && known >= offsets[before + 1] - offsets[before] - 1;
    turns[request] = isNextTurn ? turns[before] + 1 : 1;
    return (
      bits(TURN, turns[request]) |
      bits(NEW_BLOCKS, chain - known) |
      bits(CHAIN, chain) |
      bits(MESSAGE, messageTokens(columns, request, isNextTurn ? before : NONE))
    );
  };
  const observe = (request: number, codes: Uint32Array): void => {
    const begin = offsets[request];
    const end = offsets[request + 1];
    const shared = bitsOfRequest(request, begin, end - begin);
    const isPartial = coveredTokens[request] < (end - begin) * blockSize;
    let gapSince = -1;
    let gapBits = 0;
    for (let i = begin; i < end; i++) {
      const block = blocks[i];
      if (latest[block] !== gapSince) {
        gapSince = latest[block];
        gapBits = bits(GAP, gapSince === NONE ? -1 : timeMillis[request] - timeMillis[gapSince]);
      }
      uses[block]++;
      latest[block] = request;
      const fromEnd = i === end - 1 && isPartial ? 0 : end - i;
      const own = bits(USES, uses[block]) | bits(FROM_END, fromEnd) | bits(DEPTH, i - begin);
      codes[i - begin] = (shared | gapBits | own) >>> 0;
    }
  };
  return { observe };
}

function messageTokens(columns: TraceColumns, request: number, before: number): number {
  const { inputTokens, outputTokens } = columns;
  if (before === NONE) return inputTokens[request];
  return inputTokens[request] - inputTokens[before] - outputTokens[before];
}

function bits(feature: number, value: number): number {
  const { thresholds } = REUSE_FEATURES[feature];
  let level = 0;
  while (level < thresholds.length && value >= thresholds[level]) level++;
  return level << (LEVEL_BITS * feature);
}
