import { createRng, type Rng } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { createVectorIndex } from '../../src/semantic/vector-index.ts';

const DIMENSIONS = 128;
const VECTORS = 100_000;
const CENTRES = 1000;
const QUERIES = 100;
const NEAREST = 10;

function normal(rng: Rng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - rng.nextFloat()));
  return radius * Math.cos(2 * Math.PI * rng.nextFloat());
}

/** Vectors around centres, half of their length noise: nearest neighbours are close and many, as with embeddings. */
function createSource(seed: number): () => Float32Array {
  const rng = createRng(seed);
  const draw = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, () => normal(rng));
  const centres = Array.from({ length: CENTRES }, draw);
  return () => {
    const centre = centres[rng.nextBelow(CENTRES)];
    return draw().map((noise, at) => centre[at] + noise);
  };
}

/** Every vector, and the index over the same. */
function createPair() {
  const all = new Float32Array(VECTORS * DIMENSIONS);
  const isThere = new Uint8Array(VECTORS);
  const index = createVectorIndex(DIMENSIONS);
  return {
    set: (key: number, vector: Float32Array) => {
      const length = Math.hypot(...vector);
      all.set(
        vector.map((number) => number / length),
        key * DIMENSIONS,
      );
      isThere[key] = 1;
      index.set(key, vector);
    },
    delete: (key: number) => {
      expect(index.delete(key)).toBe(isThere[key] === 1);
      isThere[key] = 0;
    },
    size: () => isThere.reduce((sum, there) => sum + there, 0),
    indexSize: index.size,
    search: (query: Float32Array) => index.search(query, NEAREST),
    /** The similarity of the tenth: whatever is as near is right. */
    tenth: (query: Float32Array) => {
      const length = Math.hypot(...query);
      const cosines: number[] = [];
      for (let key = 0; key < VECTORS; key++) {
        if (isThere[key] === 0) continue;
        let dot = 0;
        const start = key * DIMENSIONS;
        for (let at = 0; at < DIMENSIONS; at++) dot += all[start + at] * query[at];
        cosines.push(dot / length);
      }
      return cosines.sort((a, b) => b - a)[NEAREST - 1];
    },
    isThere: (key: number) => isThere[key] === 1,
  };
}

function recall(pair: ReturnType<typeof createPair>, next: () => Float32Array): number {
  let found = 0;
  for (let query = 0; query < QUERIES; query++) {
    const vector = next();
    const tenth = pair.tenth(vector);
    const neighbours = pair.search(vector);
    expect(neighbours.every(({ key }) => pair.isThere(key))).toBe(true);
    found += neighbours.filter(({ cosine }) => cosine >= tenth - 1e-5).length;
  }
  return found / (QUERIES * NEAREST);
}

describe('createVectorIndex on 100,000 vectors', () => {
  it('finds at least 95 % of the ten nearest, also after updates and deletes', () => {
    const next = createSource(1);
    const rng = createRng(2);
    const pair = createPair();
    for (let key = 0; key < VECTORS; key++) pair.set(key, next());
    const fresh = recall(pair, next);
    for (let change = 0; change < 15_000; change++) pair.delete(rng.nextBelow(VECTORS));
    for (let change = 0; change < 15_000; change++) pair.set(rng.nextBelow(VECTORS), next());
    expect(pair.indexSize()).toBe(pair.size());
    const changed = recall(pair, next);
    console.log(
      `recall@10: ${fresh} of 100,000; ${changed} after 15,000 deletes and 15,000 updates`,
    );
    expect(fresh).toBeGreaterThanOrEqual(0.95);
    expect(changed).toBeGreaterThanOrEqual(0.95);
  });
});

describe('createVectorIndex through many changes', () => {
  it('keeps its size, its memory and its recall on vectors without any structure', () => {
    const KEYS = 3000;
    const rng = createRng(3);
    const draw = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, () => normal(rng));
    const pair = createPair();
    const change = (): void => {
      const key = rng.nextBelow(KEYS);
      if (rng.nextBelow(3) === 0) pair.delete(key);
      else pair.set(key, draw());
    };
    for (let round = 0; round < 10_000; round++) change();
    const beforeBytes = process.memoryUsage.rss();
    for (let round = 0; round < 20_000; round++) change();
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(64 * 2 ** 20);
    expect(pair.indexSize()).toBe(pair.size());
    const after = recall(pair, draw);
    console.log(`recall@10: ${after} of ${pair.size()} random vectors after 30,000 changes`);
    expect(after).toBeGreaterThanOrEqual(0.95);
  });
});
