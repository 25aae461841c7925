import { NONE } from '@wavetune/core';
import { mix32 } from '../exact/mix.ts';

/** The same tokens at two places: `a[atA … atA + tokens)` equals `b[atB … atB + tokens)`. */
export interface Passage {
  readonly atA: number;
  readonly atB: number;
  readonly tokens: number;
}

/** Tokens that two places must share before they are looked at. */
const SEED_TOKENS = 8;
/** Places of one seed that are tried. */
const PLACES_TRIED = 16;

/**
 * The passages of `a` that `b` has too, behind what both begin with; in order in `a`, disjoint in both.
 *
 * Greedy, as in LZ77: at each token of `a` the longest passage of `b` that begins there (of equal ones the one nearest to
 * where the last ended, moved on by what was passed over) is taken, if it has `leastTokens`. So it finds what was moved, and is no optimum: a longer passage
 * that begins a token later is not looked for.
 *
 * Cost: O(a + b) and 12 bytes a token of `b`, for texts that do not repeat; 16 places are tried a seed, the nearest one besides.
 *
 * @param leastTokens - 8 or more.
 */
export function alignPassages(
  a: Uint32Array,
  b: Uint32Array,
  { begin, leastTokens }: { readonly begin: number; readonly leastTokens: number },
): readonly Passage[] {
  if (a.length - begin < leastTokens || b.length - begin < leastTokens) return [];
  const seeds = indexSeeds(b, begin);
  const taken = new Uint8Array(b.length);
  const passages: Passage[] = [];
  let expected = begin;
  for (let at = begin; at + leastTokens <= a.length; ) {
    const found = longestAt({ a, b, taken, seeds }, at, expected);
    if (found.tokens < leastTokens) {
      at++;
      expected++;
      continue;
    }
    passages.push(found);
    taken.fill(1, found.atB, found.atB + found.tokens);
    at += found.tokens;
    expected = found.atB + found.tokens;
  }
  return passages;
}

interface Seeds {
  /** The last place of a seed's slot, `NONE` for none. */
  readonly heads: Uint32Array;
  /** The place before it with the same slot. */
  readonly before: Uint32Array;
}

interface Alignment {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly taken: Uint8Array;
  readonly seeds: Seeds;
}

function indexSeeds(b: Uint32Array, begin: number): Seeds {
  const bits = Math.min(22, 33 - Math.clz32(b.length));
  const heads = new Uint32Array(2 ** bits).fill(NONE);
  const before = new Uint32Array(b.length);
  for (let at = begin; at + SEED_TOKENS <= b.length; at++) {
    const slot = seedAt(b, at) & (heads.length - 1);
    before[at] = heads[slot];
    heads[slot] = at;
  }
  return { heads, before };
}

function seedAt(tokens: Uint32Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + SEED_TOKENS; i++) hash = Math.imul(hash, 0x0100_0193) ^ tokens[i];
  return mix32(hash);
}

function longestAt(alignment: Alignment, at: number, expected: number): Passage {
  const { a, seeds } = alignment;
  let best: Passage = { atA: at, atB: expected, tokens: commonAt(alignment, at, expected) };
  let place = seeds.heads[seedAt(a, at) & (seeds.heads.length - 1)];
  for (let tried = 0; place !== NONE && tried < PLACES_TRIED; tried++) {
    const tokens = commonAt(alignment, at, place);
    const nearer = Math.abs(place - expected) < Math.abs(best.atB - expected);
    if (tokens > best.tokens || (tokens === best.tokens && nearer)) {
      best = { atA: at, atB: place, tokens };
    }
    place = seeds.before[place];
  }
  return best;
}

function commonAt({ a, b, taken }: Alignment, at: number, place: number): number {
  let tokens = 0;
  while (
    at + tokens < a.length &&
    place + tokens < b.length &&
    a[at + tokens] === b[place + tokens] &&
    taken[place + tokens] === 0
  ) {
    tokens++;
  }
  return tokens;
}
