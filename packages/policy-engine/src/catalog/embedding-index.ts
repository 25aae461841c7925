import { topOf } from '../context/top-of.ts';

/** Embeddings from which on a graph is built instead of comparing with all (README, "Neighbours"). */
const GRAPH_FROM = 100_000;

/** Answers are kept for so many items: hot items stay hot from window to window. Chosen. */
const MOST_ANSWERS = 10_000;

/** Nearest neighbours by the cosine. */
export interface EmbeddingIndex {
  /** The items nearest to `item`, itself left out, nearest first, ties in the order of the catalog. */
  like(item: string, count: number): readonly string[];
}

/**
 * Exact up to `graphFrom` embeddings: a search compares with all of them. Past that a navigable small-world graph
 * (Malkov and Yashunin 2018) is built, in one thread so that the same catalog gives the same graph.
 *
 * @param units - Vectors of length 1, all of one dimension.
 */
export async function indexEmbeddings(
  units: ReadonlyMap<string, Float32Array>,
  graphFrom = GRAPH_FROM,
): Promise<EmbeddingIndex> {
  const items = [...units.keys()];
  const vectors = [...units.values()];
  const places = new Map(items.map((item, place) => [item, place]));
  const search = vectors.length < graphFrom ? exactSearch(vectors) : await graphSearch(vectors);
  const answers = new Map<string, readonly string[]>();
  return {
    like(item, count) {
      const place = places.get(item);
      if (place === undefined) return [];
      const key = `${count} ${item}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const found = search(vectors[place], count + 1);
      const like = found.filter((other) => other !== place).slice(0, count);
      if (answers.size >= MOST_ANSWERS) answers.clear();
      answers.set(
        key,
        like.map((other) => items[other]),
      );
      return answers.get(key)!;
    },
  };
}

type Search = (vector: Float32Array, count: number) => readonly number[];

function exactSearch(vectors: readonly Float32Array[]): Search {
  return (vector, count) => {
    const near = vectors.map((other, place) => ({ place, cosine: dot(vector, other) }));
    const nearest = topOf(near, count, (a, b) => b.cosine - a.cosine || a.place - b.place);
    return nearest.map(({ place }) => place);
  };
}

/** The native library is loaded only where a graph is built. */
async function graphSearch(vectors: readonly Float32Array[]): Promise<Search> {
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const index = new Index({
    metric: MetricKind.Cos,
    dimensions: vectors[0].length,
    quantization: ScalarKind.F32,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: 64,
    multi: false,
  });
  for (const [place, vector] of vectors.entries()) index.add(BigInt(place), vector, 1);
  return (vector, count) => Array.from(index.search(vector, count, 1).keys, Number);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
