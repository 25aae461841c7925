const NEVER = -1;
const WORD_SHIFT = 5;
const GROUP_SHIFT = 7;
const RANGE_SHIFT = 11;
const SPAN_SHIFT = 16;

/** The LRU stack of all blocks touched so far; depth 0 is the top. */
export interface RecencyStack {
  /** Bit t is set iff moment t is the latest touch of some block. */
  readonly words: Uint32Array;
  /** Set bits in every 128, 2,048 and 65,536 moments. */
  readonly groups: Uint8Array;
  readonly ranges: Uint16Array;
  readonly spans: Uint32Array;
  /** A block's latest touch, -1 for none. */
  readonly latest: Int32Array;
  now: number;
  /** Blocks on the stack. */
  size: number;
}

/**
 * An empty stack that answers "how deep does this block lie" without being walked: marks in time (Bennett and Kruskal
 * 1975), counted by three levels of counters instead of a tree, so that a touch updates in O(1). Time is renumbered when
 * it has run to four times the number of blocks, so that the marks stay in cache.
 *
 * Memory: 5 bytes a distinct block.
 *
 * @param blockCount - Ids are below it.
 * @param longestChain - Blocks of the longest chain that will be touched.
 */
export function createRecencyStack(blockCount: number, longestChain: number): RecencyStack {
  const spanCount = Math.ceil((4 * blockCount + longestChain + 1) / (1 << SPAN_SHIFT));
  const moments = spanCount << SPAN_SHIFT;
  return {
    words: new Uint32Array(moments >>> WORD_SHIFT),
    groups: new Uint8Array(moments >>> GROUP_SHIFT),
    ranges: new Uint16Array(moments >>> RANGE_SHIFT),
    spans: new Uint32Array(spanCount),
    latest: new Int32Array(blockCount).fill(NEVER),
    now: 0,
    size: 0,
  };
}

/**
 * Writes the depth of every block of the chain `blocks[begin … end)` into `depths` (-1: not on the stack), then moves the
 * chain to the top, its last block first, so that its first block ends on top.
 *
 * The depths are those before the move; they ascend along the chain, and after the first -1 all are -1. Neighbours that
 * were last touched together cost an addition, which is why long prefixes are cheap. A block may stand in a chain once.
 */
export function touchChain(
  stack: RecencyStack,
  blocks: Uint32Array,
  begin: number,
  end: number,
  depths: Int32Array,
): void {
  if (stack.now + end - begin > stack.words.length << WORD_SHIFT) renumber(stack);
  const { latest } = stack;
  let before = NEVER;
  for (let i = begin; i < end; i++) {
    const moment = latest[blocks[i]];
    if (moment === NEVER) {
      depths.fill(NEVER, i - begin, end - begin);
      stack.size += end - i;
      break;
    }
    depths[i - begin] = moment === before - 1 ? depths[i - begin - 1] + 1 : depthOf(stack, moment);
    before = moment;
  }
  for (let i = end - 1; i >= begin; i--) {
    const block = blocks[i];
    const moment = latest[block];
    if (moment !== NEVER) clear(stack, moment);
    set(stack, stack.now);
    latest[block] = stack.now++;
  }
}

/**
 * As {@link touchChain} for a chain of one block; returns its depth.
 */
export function touchBlock(stack: RecencyStack, block: number): number {
  if (stack.now === stack.words.length << WORD_SHIFT) renumber(stack);
  const moment = stack.latest[block];
  let depth = NEVER;
  if (moment === NEVER) {
    stack.size++;
  } else {
    depth = depthOf(stack, moment);
    clear(stack, moment);
  }
  set(stack, stack.now);
  stack.latest[block] = stack.now++;
  return depth;
}

/** {@link touchBlock} for each of `blocks[begin … end)`, their depths into `depths`. */
export function touchBlocks(
  stack: RecencyStack,
  blocks: Uint32Array,
  begin: number,
  end: number,
  depths: Int32Array,
): void {
  for (let i = begin; i < end; i++) depths[i - begin] = touchBlock(stack, blocks[i]);
}

/** Takes a block off the stack, as if it had never been touched; nothing where it was not. */
export function forgetBlock(stack: RecencyStack, block: number): void {
  const moment = stack.latest[block];
  if (moment === NEVER) return;
  clear(stack, moment);
  stack.latest[block] = NEVER;
  stack.size--;
}

function set({ words, groups, ranges, spans }: RecencyStack, moment: number): void {
  words[moment >>> WORD_SHIFT] |= 1 << (moment & 31);
  groups[moment >>> GROUP_SHIFT]++;
  ranges[moment >>> RANGE_SHIFT]++;
  spans[moment >>> SPAN_SHIFT]++;
}

function clear({ words, groups, ranges, spans }: RecencyStack, moment: number): void {
  words[moment >>> WORD_SHIFT] &= ~(1 << (moment & 31));
  groups[moment >>> GROUP_SHIFT]--;
  ranges[moment >>> RANGE_SHIFT]--;
  spans[moment >>> SPAN_SHIFT]--;
}

/** Set bits after `moment`. */
function depthOf({ words, groups, ranges, spans, now }: RecencyStack, moment: number): number {
  let word = moment >>> WORD_SHIFT;
  let count = popcount((words[word] >>> (moment & 31)) >>> 1);
  for (const end = word | 3; word < end; ) count += popcount(words[++word]);
  let group = moment >>> GROUP_SHIFT;
  for (const end = group | 15; group < end; ) count += groups[++group];
  let range = moment >>> RANGE_SHIFT;
  for (const end = range | 31; range < end; ) count += ranges[++range];
  let span = moment >>> SPAN_SHIFT;
  for (const end = (now - 1) >>> SPAN_SHIFT; span < end; ) count += spans[++span];
  return count;
}

/** Moves the set moments to 0, 1, … in their order, the blocks' latest touches with them. */
function renumber(stack: RecencyStack): void {
  const { words, groups, ranges, spans, latest } = stack;
  const ranks = new Uint32Array(words.length);
  let total = 0;
  for (let word = 0; word < words.length; word++) {
    ranks[word] = total;
    total += popcount(words[word]);
  }
  for (let block = 0; block < latest.length; block++) {
    const moment = latest[block];
    if (moment === NEVER) continue;
    const word = moment >>> WORD_SHIFT;
    latest[block] = ranks[word] + popcount(words[word] & ((1 << (moment & 31)) - 1));
  }
  for (const counts of [words, groups, ranges, spans]) counts.fill(0);
  for (let moment = 0; moment < total; moment++) set(stack, moment);
  stack.now = total;
}

/** Set bits of a 32-bit word (Warren, Hacker's Delight, 5-1). */
function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  bits = (bits + (bits >>> 4)) & 0x0f0f_0f0f;
  return Math.imul(bits, 0x0101_0101) >>> 24;
}
