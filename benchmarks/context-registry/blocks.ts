import { createRng, type Rng } from '@wavetune/core';

/** Tokens a block. */
export const BLOCK = 16;
const VOCABULARY = 151_669;
/** Share of tokens that follow from the one before, as in text; the rest are drawn anew. */
const FOLLOWING = 0.6;

/**
 * Blocks of text-like tokens, one after another: a token is drawn by Zipf's law, or follows the one before by one of three
 * fixed successors. So frequent tokens and pairs repeat, and SimHashes crowd as those of texts do.
 */
export function drawBlocks(count: number, seed: number): Uint32Array {
  const rng = createRng(seed);
  const tokens = new Uint32Array(count * BLOCK);
  for (let i = 0; i < tokens.length; i++) {
    const follows = i > 0 && rng.nextFloat() < FOLLOWING;
    tokens[i] = follows ? successor(tokens[i - 1], rng.nextBelow(3)) : drawToken(rng);
  }
  return tokens;
}

/** By Zipf's law of exponent 1, by inversion of the continuous law. */
export function drawToken(rng: Rng): number {
  return Math.floor(VOCABULARY ** rng.nextFloat()) - 1;
}

function successor(token: number, which: number): number {
  return Math.imul(token + 1, 0x9e37_79b1 + 2 * which) >>> 15;
}

/** A copy of a block in which `changes` tokens at distinct places are others. */
export function changeTokens(block: Uint32Array, changes: number, rng: Rng): Uint32Array {
  const changed = block.slice();
  const places = Array.from({ length: block.length }, (_, i) => i);
  for (let left = changes; left > 0; left--) {
    const [place] = places.splice(rng.nextBelow(places.length), 1);
    while (changed[place] === block[place]) changed[place] = drawToken(rng);
  }
  return changed;
}
