/** What a replay counts, inside the measured window only. */
export interface Tally {
  hitBlocks: number;
  hitTokens: number;
  evictions: number;
}

export function emptyTally(): Tally {
  return { hitBlocks: 0, hitTokens: 0, evictions: 0 };
}
