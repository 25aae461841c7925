import { createInternState, internChain } from './intern-chain.ts';

/**
 * Dense block ids for 64-bit ids, in first-appearance order, with each block's parent.
 *
 * Identity is (parent, id). An id first seen under one block and now under another makes a block of its own, a *parent
 * conflict*, and so does everything below it. 8 bytes a slot, 12 bytes a block.
 */
export interface Interner {
  readonly blockCount: () => number;
  /**
   * Interns one chain, root first; O(1) an id.
   *
   * @param words - Ids as pairs (low word, high word); the chain is ids `[begin, end)`.
   * @param out - Receives the dense ids from `outAt` on; the caller has made room.
   */
  readonly internChain: (
    words: Uint32Array,
    begin: number,
    end: number,
    out: Uint32Array,
    outAt: number,
  ) => void;
  /** From here on ids mean something new; dense ids go on counting. O(1). */
  readonly openNamespace: () => void;
  /** Forgets the blocks from `blockCount` on; they must all be of the open namespace, which ends. */
  readonly forgetFrom: (blockCount: number) => void;
  /** What was interned; views of the interner's own memory, valid until the next chain. */
  readonly contents: () => InternedBlocks;
}

/** The blocks of an interner, d of them. */
export interface InternedBlocks {
  /** The id of each block as (low, high) words; shape `[2d]`. */
  readonly words: Uint32Array;
  /** Shape `[d]`, `NONE` for a root. */
  readonly parents: Uint32Array;
  /** Blocks that stand for an id under a second parent, ascending. */
  readonly conflicts: Uint32Array;
}

/** An empty interner with one namespace open. */
export function createInterner(expectedBlocks = 0): Interner {
  const state = createInternState(expectedBlocks);
  const openNamespace = (): void => {
    state.base = state.blocks;
    state.conflictBase = state.conflictCount;
  };
  return {
    openNamespace,
    blockCount: () => state.blocks,
    internChain: (words, begin, end, out, outAt) =>
      internChain(state, words, begin, end, out, outAt),
    forgetFrom: (blockCount) => {
      state.blocks = blockCount;
      while (state.conflictCount > 0 && state.conflicts[state.conflictCount - 1] >= blockCount) {
        state.conflictCount--;
      }
      state.byId.pairs.fill(0);
      state.byChild.pairs.fill(0);
      openNamespace();
    },
    contents: () => ({
      words: state.words.subarray(0, 2 * state.blocks),
      parents: state.parents.subarray(0, state.blocks),
      conflicts: state.conflicts.subarray(0, state.conflictCount),
    }),
  };
}
