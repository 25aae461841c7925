import { NONE, sharedUint32, type TraceColumns } from '@wavetune/core';

/**
 * The prefix forest of a trace, path-compressed: its nodes are cohorts, the maximal runs of blocks that exactly the same
 * requests pass through. k cohorts, d blocks, k ≤ min(d, 2 × requests).
 *
 * The blocks of a cohort are first seen by one request, one after the other, and so have neighbouring ids: cohort c is the
 * blocks `[starts[c], starts[c + 1])`, nearest the root first, and nothing is stored a block but `cohortOf`. Ascending
 * cohort id is ascending block id and a topological order: `parents[c] < c`. All arrays are shared between threads.
 */
export interface PrefixForest {
  /** Tokens in a full block. */
  readonly blockSize: number;
  /** Requests that reference at least one block. */
  readonly requests: number;
  /** Shape `[k + 1]`; `starts[k]` is d. */
  readonly starts: Uint32Array;
  /** The cohort whose last block precedes this one's first, `NONE` for a root; shape `[k]`. */
  readonly parents: Uint32Array;
  /** Requests through it; shape `[k]`. */
  readonly counts: Uint32Array;
  /** Blocks from the root to its last block, both included; shape `[k]`. */
  readonly depths: Uint32Array;
  /** Tokens of its last block, the only one that can be partial; shape `[k]`. */
  readonly lastTokens: Uint32Array;
  /** The first request through it; shape `[k]`. */
  readonly firstRequests: Uint32Array;
  /** The last request through it; shape `[k]`. */
  readonly lastRequests: Uint32Array;
  /** The cohort of a block; shape `[d]`. */
  readonly cohortOf: Uint32Array;
}

/**
 * Builds the forest.
 *
 * A block is last in its cohort iff a request ends there, or it has a child that did not follow it when it was first
 * seen; whatever a cohort counts is then summed from the requests that end in it, in one backward sweep. Of a chain only
 * the last block is read.
 *
 * Cost: O(requests + distinct blocks), 5 bytes a block and 28 a cohort.
 *
 * @param columns - As `TraceColumns` promises; what breaks the promise is found by `verifyColumns`, not here.
 */
export function buildForest(columns: TraceColumns): PrefixForest {
  const isLast = markLastBlocks(columns);
  const cohorts = countOnes(isLast);
  const forest = {
    blockSize: columns.blockSize,
    requests: 0,
    starts: sharedUint32(cohorts + 1),
    parents: sharedUint32(cohorts),
    counts: sharedUint32(cohorts),
    depths: sharedUint32(cohorts),
    lastTokens: sharedUint32(cohorts),
    firstRequests: sharedUint32(cohorts),
    lastRequests: sharedUint32(cohorts),
    cohortOf: sharedUint32(columns.parents.length),
  };
  cutIntoCohorts(columns, isLast, forest);
  const requests = attachRequests(columns, forest);
  sumTowardsRoots(forest);
  return { ...forest, requests };
}

/** Blocks of cohort `cohort`. */
export function blocksOf(forest: PrefixForest, cohort: number): number {
  return forest.starts[cohort + 1] - forest.starts[cohort];
}

/** Tokens of cohort `cohort`. */
export function tokensOf(forest: PrefixForest, cohort: number): number {
  return (blocksOf(forest, cohort) - 1) * forest.blockSize + forest.lastTokens[cohort];
}

/**
 * Distinct prefixes by length: `histogram[l]` of them are l blocks long; `histogram[0]` is 0.
 *
 * Cost: O(cohorts + longest chain).
 */
export function countPrefixesByLength(forest: PrefixForest): Uint32Array {
  const { depths } = forest;
  const longest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  const steps = new Int32Array(longest + 2);
  for (let c = 0; c < depths.length; c++) {
    steps[depths[c] - blocksOf(forest, c) + 1] += 1;
    steps[depths[c] + 1] -= 1;
  }
  const histogram = new Uint32Array(longest + 1);
  for (let length = 1; length <= longest; length++) {
    histogram[length] = histogram[length - 1] + steps[length];
  }
  return histogram;
}

function markLastBlocks({ offsets, blocks, parents }: TraceColumns): Uint8Array {
  const isLast = new Uint8Array(parents.length);
  for (let r = 0; r + 1 < offsets.length; r++) {
    const end = offsets[r + 1];
    if (end > offsets[r]) isLast[blocks[end - 1]] = 1;
  }
  for (let b = 1; b < parents.length; b++) {
    const parent = parents[b];
    if (parent === b - 1) continue;
    isLast[b - 1] = 1;
    if (parent !== NONE) isLast[parent] = 1;
  }
  return isLast;
}

function countOnes(marks: Uint8Array): number {
  let ones = 0;
  for (let i = 0; i < marks.length; i++) ones += marks[i];
  return ones;
}

function cutIntoCohorts(columns: TraceColumns, isLast: Uint8Array, forest: PrefixForest): void {
  const { starts, parents, depths, cohortOf } = forest;
  let cohort = 0;
  let start = 0;
  for (let b = 0; b < isLast.length; b++) {
    cohortOf[b] = cohort;
    if (isLast[b] === 0) continue;
    const before = columns.parents[start];
    const parent = before === NONE ? NONE : cohortOf[before];
    parents[cohort] = parent;
    depths[cohort] = (parent === NONE ? 0 : depths[parent]) + b + 1 - start;
    start = b + 1;
    cohort++;
    starts[cohort] = start;
  }
}

/** Fills counts, tokens and requests of the cohorts that requests end in, and the first request of all. */
function attachRequests(columns: TraceColumns, forest: PrefixForest): number {
  const { offsets, blocks, coveredTokens, blockSize } = columns;
  const { starts, counts, lastTokens, firstRequests, lastRequests, cohortOf } = forest;
  let attached = 0;
  let unseen = 0;
  for (let r = 0; r + 1 < offsets.length; r++) {
    const chain = offsets[r + 1] - offsets[r];
    if (chain === 0) continue;
    attached++;
    const last = blocks[offsets[r + 1] - 1];
    const cohort = cohortOf[last];
    counts[cohort] += 1;
    lastRequests[cohort] = r;
    const tokens = coveredTokens[r] - (chain - 1) * blockSize;
    if (tokens > lastTokens[cohort]) lastTokens[cohort] = tokens;
    while (unseen < counts.length && starts[unseen] <= last) firstRequests[unseen++] = r;
  }
  return attached;
}

function sumTowardsRoots({ parents, counts, lastTokens, lastRequests, ...forest }: PrefixForest) {
  for (let c = parents.length - 1; c >= 0; c--) {
    const parent = parents[c];
    if (parent === NONE) continue;
    counts[parent] += counts[c];
    lastTokens[parent] = forest.blockSize;
    if (lastRequests[c] > lastRequests[parent]) lastRequests[parent] = lastRequests[c];
  }
}
