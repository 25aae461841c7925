import type { ScoreKeys } from './classical.ts';

/** Expects of the next window what this one had. */
export function scoreByFrequency(): ScoreKeys {
  return ({ topItems }) => new Map(topItems.map(({ key, requests }) => [key, requests]));
}
