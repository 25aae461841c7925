import type { WindowContext } from '../context/window-context.ts';
import type { ScoreKeys } from './classical.ts';

/** Items whose successors are remembered, and successors of each: the last seen. Chosen. */
const MOST_ITEMS = 5000;
const MOST_SUCCESSORS = 50;

/**
 * Expects each shown session to go on as sessions went on after its last item: a first-order chain, counted over all
 * windows so far. A key's score is the sum over sessions of its probability to come next.
 */
export function scoreByMarkov(): ScoreKeys {
  const successors = new Map<string, Map<string, number>>();
  return (context) => {
    const sessions = sessionKeys(context);
    for (const keys of sessions) {
      for (let at = 1; at < keys.length; at++) count(successors, keys[at - 1], keys[at]);
    }
    const scores = new Map<string, number>();
    for (const keys of sessions) {
      const next = successors.get(keys[keys.length - 1]);
      if (next === undefined) continue;
      const total = next.values().reduce((sum, n) => sum + n, 0);
      for (const [key, n] of next) scores.set(key, (scores.get(key) ?? 0) + n / total);
    }
    return scores;
  };
}

/** The keys of each shown session, in its order. */
export function sessionKeys({
  sessions,
  keyPrefix,
}: WindowContext): readonly (readonly string[])[] {
  return sessions.map((steps) =>
    steps.map((step) => keyPrefix + step.slice(step.indexOf(':') + 1)),
  );
}

function count(successors: Map<string, Map<string, number>>, from: string, to: string): void {
  const known = successors.get(from) ?? new Map<string, number>();
  touch(known, to, (known.get(to) ?? 0) + 1, MOST_SUCCESSORS);
  touch(successors, from, known, MOST_ITEMS);
}

/** Sets and moves to the end; past `most` the entry goes that was set the longest time ago. */
function touch<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value as string);
}
