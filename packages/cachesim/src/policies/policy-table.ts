import { cachesimError } from '../cachesim-errors.ts';
import { OPTIMUM } from '../optimum/optimum.ts';
import { fifo } from './fifo.ts';
import { lru } from './lru.ts';
import type { PolicyDescription, PolicySpec } from './policy.ts';

/** Every policy that evicts without knowing the future, in the order of reports. */
export const EVICTION_POLICIES: readonly PolicySpec[] = [fifo, lru];

/** Every name that a replay knows: the policies, then the bound. */
export const KNOWN_POLICIES: readonly PolicyDescription[] = [...EVICTION_POLICIES, OPTIMUM];

/** @throws WavetuneError `cachesim.unknown-policy`, with the nearest known name. */
export function policyOf(name: string): PolicySpec | PolicyDescription {
  const found = KNOWN_POLICIES.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = KNOWN_POLICIES.map((candidate) => candidate.name);
  throw cachesimError('cachesim.unknown-policy', {
    policy: name,
    nearest: nearest(name, known),
    known,
  });
}

function nearest(name: string, known: readonly string[]): string {
  const wanted = name.toLowerCase();
  return known.reduce((best, candidate) =>
    editDistance(wanted, candidate) < editDistance(wanted, best) ? candidate : best,
  );
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
