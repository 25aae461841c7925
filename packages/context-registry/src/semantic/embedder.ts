/** Turns texts into vectors whose cosine says how alike the texts are, in the sense of `describes`. */
export interface Embedder {
  /** Names what makes two vectors comparable: vectors of two names are not. */
  readonly name: string;
  readonly dimensions: number;
  /** What a high cosine means, for people. */
  readonly describes: string;
  /**
   * A vector of length one a text, in their order; all zeros for a text in which the embedder finds nothing.
   *
   * @throws A coded error where the embedder cannot answer.
   */
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
}

/** Scales `vector` in place to length one; zeros stay. */
export function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const number of vector) squares += number * number;
  const length = Math.sqrt(squares);
  if (length > 0) for (let at = 0; at < vector.length; at++) vector[at] /= length;
  return vector;
}
