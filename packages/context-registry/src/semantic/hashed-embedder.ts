import { type Embedder, normalise } from './embedder.ts';

const DIMENSIONS = 256;
const WORD = /[\p{L}\p{N}_]+/gu;
const GRAM_CHARACTERS = 3;
/** Chosen: some 16,000 tokens of English; more would hold up whoever waits for the registry. */
const MOST_CHARACTERS = 65_536;

/**
 * Hashed n-grams: words, pairs of neighbouring words, and runs of three characters within words, each at a hashed place
 * with a hashed sign (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009), weighted
 * `1 + ln(count)`.
 *
 * Of a text, the first 65,536 characters count. It knows no language: a high cosine means that texts use the same words, never that they mean the same. It needs no
 * model, no network, and gives the same bits in every process.
 */
export const HASHED_EMBEDDER: Embedder = {
  name: 'hashed-n-grams/1',
  dimensions: DIMENSIONS,
  describes: 'the same words and word pairs; not the same meaning',
  embed: async (texts) => texts.map(embedOne),
};

function embedOne(text: string): Float32Array {
  const counts = new Map<string, number>();
  const count = (feature: string): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  };
  let before: string | undefined;
  for (const [word] of text
    .slice(0, MOST_CHARACTERS)
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(WORD)) {
    count(word);
    if (before !== undefined) count(`${before} ${word}`);
    for (let at = 0; at + GRAM_CHARACTERS <= word.length; at++) {
      count(`#${word.slice(at, at + GRAM_CHARACTERS)}`);
    }
    before = word;
  }
  const vector = new Float32Array(DIMENSIONS);
  for (const [feature, times] of counts) {
    const hash = hashOf(feature);
    const sign = hash & 0x80000000 ? -1 : 1;
    vector[hash % DIMENSIONS] += sign * (1 + Math.log(times));
  }
  return normalise(vector);
}

/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3, so that the low bits and the high one are independent. */
function hashOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at++) {
    hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
