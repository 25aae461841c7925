import { cachesimError } from '../cachesim-errors.ts';
import { OPTIMUM } from '../optimum/optimum-policy.ts';
import { arc } from './arc.ts';
import { clock } from './clock.ts';
import { fifo } from './fifo.ts';
import { gdsf } from './gdsf.ts';
import { lfu } from './lfu.ts';
import { lfuDecay } from './lfu-decay.ts';
import { lirs } from './lirs.ts';
import { lmcache } from './lmcache.ts';
import { lru } from './lru.ts';
import { lruK } from './lru-k.ts';
import { mooncake } from './mooncake.ts';
import { pinnedLru } from './pinned-lru.ts';
import type { PolicyDescription, PolicySpec } from './policy.ts';
import { random } from './random.ts';
import { s3Fifo } from './s3-fifo.ts';
import { sglangLfu, sglangLru, sglangPriority, sglangSlru } from './sglang.ts';
import { sieve } from './sieve.ts';
import { slru } from './slru.ts';
import { ttl } from './ttl.ts';
import { ttlPressure } from './ttl-pressure.ts';
import { twoQ } from './two-q.ts';
import { vllm } from './vllm.ts';
import { vllmOffload } from './vllm-offload.ts';
import { wTinyLfu } from './w-tiny-lfu.ts';

/** Every policy that evicts without knowing the future, in the order of reports. */
export const EVICTION_POLICIES: readonly PolicySpec[] = [
  random,
  fifo,
  lru,
  clock,
  sieve,
  s3Fifo,
  twoQ,
  slru,
  arc,
  lirs,
  lruK,
  lfu,
  lfuDecay,
  wTinyLfu,
  gdsf,
  ttl,
  ttlPressure,
  pinnedLru,
  vllm,
  vllmOffload,
  sglangLru,
  sglangLfu,
  sglangSlru,
  sglangPriority,
  lmcache,
  mooncake,
];

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

/** False for the bound, which only a replay of its own can run. */
export function isEvictionPolicy(description: PolicyDescription): description is PolicySpec {
  return 'create' in description;
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
