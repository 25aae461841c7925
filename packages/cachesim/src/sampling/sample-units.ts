import { NONE, type TraceColumns } from '@wavetune/core';
import { cachesimError } from '../cachesim-errors.ts';

/**
 * Which blocks more than one chain grows from directly, as from a system prompt; empty where no block has a child: loose
 * blocks, no chains.
 *
 * Chains are sampled whole, with all that grow from the same first block, because their blocks come and go together: loose
 * blocks of few long chains say little. A shared root would put all of them in one unit, so the unit is then named by the
 * block after it.
 */
export function sharedParents({ parents }: TraceColumns): Uint8Array {
  let first = 0;
  while (first < parents.length && parents[first] === NONE) first++;
  if (first === parents.length) return new Uint8Array(0);
  const children = new Uint8Array(parents.length);
  for (const parent of parents) {
    if (parent !== NONE && children[parent] < 2) children[parent]++;
  }
  return children.map((count) => (count === 2 ? 1 : 0));
}

/** The block that names the unit of a chain. */
export function unitOf(columns: TraceColumns, shared: Uint8Array, request: number): number {
  const { offsets, blocks } = columns;
  const begin = offsets[request];
  const isBehindRoot = shared[blocks[begin]] === 1 && offsets[request + 1] > begin + 1;
  return blocks[begin + (isBehindRoot ? 1 : 0)];
}

/** A hash of a unit, uniform in `[0, 2^32)`: the finaliser of MurmurHash3 (Appleby) over id and seed. */
export function unitHash(unit: number, seed: number): number {
  let hash = unit ^ Math.imul(seed + 1, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** @throws WavetuneError `cachesim.bad-sampling` for a rate outside (0, 1]. */
export function checkRate(rate: number): void {
  if (!(rate > 0 && rate <= 1)) {
    throw cachesimError('cachesim.bad-sampling', {
      found: rate,
      accepted: 'a rate above 0, at most 1',
    });
  }
}
