import { NONE } from '@wavetune/core';
import { grownCapacity, lengthened } from '../exact/growth.ts';
import { createIdPool } from '../exact/id-pool.ts';
import { mix32 } from '../exact/mix.ts';

/** Tokens of a window. */
export const LANDMARK_TOKENS = 8;
/** One window in eight is a landmark, by its content (chosen: a passage of 48 tokens has none with 0.4 %). */
const LANDMARK_MASK = 7;
const ROLL = 0x0100_0193;
/** `ROLL ^ LANDMARK_TOKENS`: what the token that leaves a window is multiplied with. */
const ROLL_OUT = power(ROLL, LANDMARK_TOKENS);

/**
 * Calls `visit` for each landmark among the windows that end in `[begin, end)`, with the window's hash: windows of
 * {@link LANDMARK_TOKENS} tokens that content alone picks out (Manber 1994; LBFS, Muthitacharoen 2001), so the same passage
 * has the same landmarks wherever it stands. A rolling hash: O(1) a token.
 */
export function visitLandmarks(
  tokens: Uint32Array,
  range: { readonly begin: number; readonly end: number },
  visit: (hash: number, lastToken: number) => void,
): void {
  const first = Math.max(0, range.begin - LANDMARK_TOKENS + 1);
  let rolling = 0;
  for (let i = first; i < range.end; i++) {
    rolling = Math.imul(rolling, ROLL) + mix32(tokens[i]);
    if (i - first >= LANDMARK_TOKENS) {
      rolling -= Math.imul(mix32(tokens[i - LANDMARK_TOKENS]), ROLL_OUT);
    }
    if (i < range.begin || i - first < LANDMARK_TOKENS - 1) continue;
    const hash = mix32(rolling);
    if ((hash & LANDMARK_MASK) === 0) visit(hash, i);
  }
}

/** Where the landmarks of all blocks lie. */
export interface LandmarkIndex {
  readonly count: number;
  readonly sizeBytes: number;
  /** Adds the landmarks whose windows end in a block, which is `tokens[begin … end)` of a chain in a scope. */
  addBlock(block: number, tokens: Uint32Array, at: BlockRange): void;
  removeBlock(block: number): void;
  /** The places of a window in a scope, at most `limit`, latest first: block, and the window's last token in it. */
  visitPlaces(
    window: { readonly hash: number; readonly scope: number },
    limit: number,
    visit: (block: number, tokenInBlock: number) => void,
  ): void;
}

/** Where a block's tokens are. */
export interface BlockRange {
  readonly begin: number;
  readonly end: number;
  readonly scope: number;
}

const COLUMNS = ['hashes', 'blocks', 'offsets', 'next', 'prev', 'nextInBlock'] as const;
type Columns = Record<(typeof COLUMNS)[number], Uint32Array<ArrayBuffer>>;

export function createLandmarkIndex(): LandmarkIndex {
  const pool = createIdPool();
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Uint32Array(0)])) as Columns;
  let heads = new Uint32Array(64).fill(NONE);
  let firstInBlock = new Uint32Array(0);

  const addOne = (hash: number, block: number, offset: number): void => {
    pool.reserve(1);
    const capacity = grownCapacity(columns.hashes.length, pool.boundAfter(1));
    for (const name of COLUMNS) columns[name] = lengthened(columns[name], capacity);
    if (pool.size >= heads.length) heads = rehash(columns, heads);
    const id = pool.take();
    columns.hashes[id] = hash;
    columns.blocks[id] = block;
    columns.offsets[id] = offset;
    columns.nextInBlock[id] = firstInBlock[block];
    firstInBlock[block] = id;
    link(columns, heads, id);
  };
  return {
    get count() {
      return pool.size;
    },
    get sizeBytes() {
      const own = COLUMNS.reduce((sum, name) => sum + columns[name].byteLength, 0);
      return own + heads.byteLength + firstInBlock.byteLength;
    },
    addBlock(block, tokens, range) {
      firstInBlock = lengthened(firstInBlock, grownCapacity(firstInBlock.length, block + 1));
      firstInBlock[block] = NONE;
      visitLandmarks(tokens, range, (hash, at) =>
        addOne(inScope(hash, range.scope), block, at - range.begin),
      );
    },
    removeBlock(block) {
      for (let id = firstInBlock[block]; id !== NONE; id = columns.nextInBlock[id]) {
        unlink(columns, heads, id);
        pool.giveBack(id);
      }
    },
    visitPlaces(window, limit, visit) {
      const hash = inScope(window.hash, window.scope);
      let left = limit;
      for (let id = heads[slotOf(hash, heads)]; id !== NONE && left > 0; id = columns.next[id]) {
        if (columns.hashes[id] !== hash) continue;
        visit(columns.blocks[id], columns.offsets[id]);
        left--;
      }
    },
  };
}

/** Keeps the scopes' places apart; a collision costs a look, for places are compared token by token. */
function inScope(hash: number, scope: number): number {
  return (hash ^ mix32(scope)) >>> 0;
}

function slotOf(hash: number, heads: Uint32Array): number {
  return (hash >>> 3) & (heads.length - 1);
}

function link({ hashes, next, prev }: Columns, heads: Uint32Array, id: number): void {
  const slot = slotOf(hashes[id], heads);
  next[id] = heads[slot];
  prev[id] = NONE;
  if (next[id] !== NONE) prev[next[id]] = id;
  heads[slot] = id;
}

function unlink({ hashes, next, prev }: Columns, heads: Uint32Array, id: number): void {
  if (next[id] !== NONE) prev[next[id]] = prev[id];
  if (prev[id] === NONE) heads[slotOf(hashes[id], heads)] = next[id];
  else next[prev[id]] = next[id];
}

/** Twice the heads, each list in its old order. */
function rehash(columns: Columns, heads: Uint32Array): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(2 * heads.length).fill(NONE);
  for (const head of heads) {
    let last = head;
    while (last !== NONE && columns.next[last] !== NONE) last = columns.next[last];
    for (let id = last; id !== NONE; ) {
      const before = columns.prev[id];
      link(columns, wider, id);
      id = before;
    }
  }
  return wider;
}

function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product = Math.imul(product, base);
  return product;
}
