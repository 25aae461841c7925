/**
 * Jaccard similarity of the two ranges' multisets of neighbouring token pairs (of the tokens, where a range has only one).
 * 1 iff they hold the same pairs equally often; two empty ranges are equal.
 */
export function jaccardOfPairs(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 && b.length === 0) return 1;
  const counts = new Map<number, number>();
  for (const pair of pairsOf(a)) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  let shared = 0;
  let all = 0;
  for (const count of counts.values()) all += count;
  for (const pair of pairsOf(b)) {
    const left = counts.get(pair) ?? 0;
    if (left > 0) {
      counts.set(pair, left - 1);
      shared++;
    } else all++;
  }
  return shared / all;
}

/** A pair of u32 as one exact number where ids are below 2^21; beyond, pairs may collide and only the score suffers. */
function* pairsOf(tokens: Uint32Array): Generator<number> {
  if (tokens.length === 1) yield tokens[0];
  for (let i = 0; i + 1 < tokens.length; i++) yield tokens[i] * 0x1_0000_0000 + tokens[i + 1];
}

/**
 * Tokens to insert, delete or replace so that `a` becomes `b` (Levenshtein), by the usual table, one row at a time.
 *
 * Cost: O(a × b) time; meant for blocks.
 */
export function editDistance(a: Uint32Array, b: Uint32Array): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = new Uint32Array(b.length + 1);
    next[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j] + (a[i] === b[j] ? 0 : 1);
      next[j + 1] = Math.min(replaced, row[j + 1] + 1, next[j] + 1);
    }
    row = next;
  }
  return row[b.length];
}
