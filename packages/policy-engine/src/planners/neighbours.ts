import type { ScoreKeys } from './classical.ts';

/** Expects requests for what is like the hottest items, the less the farther: an item's n-th neighbour gets 1/n of its requests. */
export function scoreByNeighbours(): ScoreKeys {
  return ({ neighbours, topItems }) => {
    const requests = new Map(topItems.map((item) => [item.key, item.requests]));
    const scores = new Map<string, number>();
    for (const { key, like } of neighbours) {
      for (const [at, other] of like.entries()) {
        const share = (requests.get(key) ?? 0) / (at + 1);
        scores.set(other, (scores.get(other) ?? 0) + share);
      }
    }
    return scores;
  };
}
