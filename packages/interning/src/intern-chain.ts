import { NONE } from '@wavetune/core';
import {
  type BlockSlots,
  createBlockSlots,
  hashChild,
  hashId,
  reserveSlots,
} from './block-slots.ts';
import { grownUint32 } from './growable.ts';

/** What an interner holds. */
export interface InternState {
  blocks: number;
  /** First block of the open namespace. */
  base: number;
  words: Uint32Array;
  parents: Uint32Array;
  /** Blocks that stand for an id under a second parent, ascending. */
  conflicts: Uint32Array;
  conflictCount: number;
  /** `conflictCount` when the namespace was opened. */
  conflictBase: number;
  /** The first block of each id: a new id is found missing in one probe. */
  readonly byId: BlockSlots;
  /** Conflicting blocks by (id, parent). */
  readonly byChild: BlockSlots;
  /** Keeps the engine from dropping the reads that `touch` makes. */
  touched: number;
}

/** Ids whose slots are read ahead of their use, so that their cache misses overlap; chosen, see benchmarks/ingest. */
const LOOKAHEAD = 32;
const SMALLEST_BITS = 12;
const LARGEST_BITS = 24;

/** @param expectedBlocks - A guess; tables of the right size need not grow, which costs as much as interning. */
export function createInternState(expectedBlocks: number): InternState {
  const bits = Math.ceil(Math.log2(Math.max(1, (4 / 3) * expectedBlocks)));
  const tableBits = Math.min(LARGEST_BITS, Math.max(SMALLEST_BITS, bits));
  const room = 3 * 2 ** (tableBits - 2);
  return {
    blocks: 0,
    base: 0,
    words: new Uint32Array(2 * room),
    parents: new Uint32Array(room),
    conflicts: new Uint32Array(0),
    conflictCount: 0,
    conflictBase: 0,
    byId: createBlockSlots(tableBits),
    byChild: createBlockSlots(4),
    touched: 0,
  };
}

/** Interns ids `[begin, end)` of `ids`, pairs of words, as one chain into `out` from `outAt` on. */
export function internChain(
  state: InternState,
  ids: Uint32Array,
  begin: number,
  end: number,
  out: Uint32Array,
  outAt: number,
): void {
  let at = begin;
  let ahead = begin;
  while (at < end) {
    at += followKnown(state, ids, at, end, out, outAt + at - begin, at === begin);
    if (at === end) return;
    const stop = Math.min(end, at + LOOKAHEAD);
    reserve(state, stop - at);
    if (at >= ahead) {
      touch(state, ids, at, stop);
      ahead = stop;
    }
    at += probe(state, ids, at, stop, out, outAt + at - begin, at === begin);
  }
}

/**
 * Interns as long as each id's block is the one after its parent, as it is where a chain is seen again.
 *
 * @param isRoot - The first id starts the chain; else its parent stands in `out` before `outAt`.
 * @returns How many ids.
 */
function followKnown(
  state: InternState,
  ids: Uint32Array,
  begin: number,
  end: number,
  out: Uint32Array,
  outAt: number,
  isRoot: boolean,
): number {
  const { words, parents, blocks } = state;
  let parent = isRoot ? NONE : out[outAt - 1];
  let guess = isRoot ? state.base : parent + 1;
  let at = begin;
  while (
    at < end &&
    guess < blocks &&
    words[2 * guess] === ids[2 * at] &&
    words[2 * guess + 1] === ids[2 * at + 1] &&
    parents[guess] === parent
  ) {
    out[outAt + at - begin] = guess;
    parent = guess++;
    at++;
  }
  return at - begin;
}

/**
 * Interns by the table, up to the first id that is known already: after it, the chain may go on as a known one.
 *
 * @returns How many ids.
 */
function probe(
  state: InternState,
  ids: Uint32Array,
  begin: number,
  end: number,
  out: Uint32Array,
  outAt: number,
  isRoot: boolean,
): number {
  const { words, parents, base } = state;
  const { pairs, shift } = state.byId;
  const mask = pairs.length - 1;
  let parent = isRoot ? NONE : out[outAt - 1];
  let blocks = state.blocks;
  let at = begin;
  let found = NONE;
  while (at < end && found === NONE) {
    const lo = ids[2 * at];
    const hi = ids[2 * at + 1];
    const hash = hashId(lo, hi);
    let slot = 2 * (hash >>> shift);
    while (pairs[slot] > base) {
      const block = pairs[slot] - 1;
      if (pairs[slot + 1] === hash && words[2 * block] === lo && words[2 * block + 1] === hi) {
        found = block;
        break;
      }
      slot = (slot + 2) & mask;
    }
    if (found === NONE) {
      pairs[slot] = blocks + 1;
      pairs[slot + 1] = hash;
      words[2 * blocks] = lo;
      words[2 * blocks + 1] = hi;
      parents[blocks] = parent;
      parent = blocks++;
      out[outAt + at - begin] = parent;
    }
    at++;
  }
  state.blocks = blocks;
  if (found !== NONE) {
    out[outAt + at - 1 - begin] =
      parents[found] === parent ? found : findConflict(state, found, parent);
  }
  return at - begin;
}

/** The block of an id, that of block `first`, under another parent. */
function findConflict(state: InternState, first: number, parent: number): number {
  const { words, parents, byChild } = state;
  const lo = words[2 * first];
  const hi = words[2 * first + 1];
  const hash = hashChild(lo, hi, parent);
  const mask = byChild.pairs.length - 1;
  let slot = 2 * (hash >>> byChild.shift);
  while (byChild.pairs[slot] > state.base) {
    const block = byChild.pairs[slot] - 1;
    const isIt =
      byChild.pairs[slot + 1] === hash &&
      words[2 * block] === lo &&
      words[2 * block + 1] === hi &&
      parents[block] === parent;
    if (isIt) return block;
    slot = (slot + 2) & mask;
  }
  const block = state.blocks++;
  byChild.pairs[slot] = block + 1;
  byChild.pairs[slot + 1] = hash;
  words[2 * block] = lo;
  words[2 * block + 1] = hi;
  parents[block] = parent;
  state.conflicts = grownUint32(state.conflicts, state.conflictCount + 1);
  state.conflicts[state.conflictCount++] = block;
  return block;
}

/** Room for `more` blocks, whichever table they land in. */
function reserve(state: InternState, more: number): void {
  const blocks = state.blocks + more;
  if (blocks > state.parents.length) {
    state.words = grownUint32(state.words, 2 * blocks);
    state.parents = grownUint32(state.parents, blocks);
  }
  const conflicts = state.conflictCount - state.conflictBase;
  reserveSlots(state.byId, blocks - state.base - conflicts, state.base);
  reserveSlots(state.byChild, conflicts + 1, state.base);
}

function touch(state: InternState, ids: Uint32Array, begin: number, end: number): void {
  const { pairs, shift } = state.byId;
  let seen = 0;
  for (let at = begin; at < end; at++) {
    seen ^= pairs[2 * (hashId(ids[2 * at], ids[2 * at + 1]) >>> shift)];
  }
  state.touched = seen & 1;
}
