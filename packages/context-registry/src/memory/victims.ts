import type { EntryUse } from './entry-uses.ts';

/** An entry that could leave. */
export interface Candidate extends EntryUse {
  /** Steps until its agent runs, as the workflow says; undefined where nothing leads there. */
  readonly stepsUntil: number | undefined;
}

/** What a candidate takes up that no other entry holds, in blocks. */
export type ExclusiveBlocks = (candidate: Candidate) => number;

/** Chosen: an agent that runs now or within so many steps keeps its contexts, however long they lie idle. */
const DUE_STEPS = 2;

/** True where the workflow needs the entry soon. */
export function isDue({ stepsUntil }: Candidate): boolean {
  return stepsUntil !== undefined && stepsUntil <= DUE_STEPS;
}

/** Entries not used for longer than `idleMillis`, the longest idle first. */
export function idleCandidates(
  candidates: readonly Candidate[],
  { nowMillis, idleMillis }: { readonly nowMillis: number; readonly idleMillis: number },
): readonly Candidate[] {
  return candidates
    .filter(({ lastUseMillis }) => nowMillis - lastUseMillis > idleMillis)
    .sort((a, b) => a.lastUseMillis - b.lastUseMillis || byLabel(a, b));
}

/**
 * The order of leaving under pressure: what the workflow does not lead to before what it does, what it needs later before
 * what it needs sooner; then the most blocks for each use; then the longest idle.
 *
 * Cost: one call of `exclusive` a candidate.
 */
export function bySizeOverUse(
  candidates: readonly Candidate[],
  exclusive: ExclusiveBlocks,
): readonly Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, score: exclusive(candidate) / candidate.uses }))
    .sort(
      (a, b) =>
        distance(b.candidate) - distance(a.candidate) ||
        b.score - a.score ||
        a.candidate.lastUseMillis - b.candidate.lastUseMillis ||
        byLabel(a.candidate, b.candidate),
    )
    .map(({ candidate }) => candidate);
}

/**
 * The shortest beginning of `ordered` that leaves at most `targetBlocks`; all where even that is too little.
 *
 * @param blocksWithout - Blocks held without the given entries; never rises with more of them. Called O(log n) times:
 * entries that share blocks free them only together, so a sum of exclusive blocks would be too low.
 */
export function leastToReach(
  ordered: readonly Candidate[],
  targetBlocks: number,
  blocksWithout: (gone: readonly Candidate[]) => number,
): readonly Candidate[] {
  let tooFew = -1;
  let enough = ordered.length;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >>> 1;
    if (blocksWithout(ordered.slice(0, middle)) <= targetBlocks) enough = middle;
    else tooFew = middle;
  }
  return ordered.slice(0, enough);
}

/** An agent that nothing leads to is farther than any other. */
function distance({ stepsUntil = Number.MAX_SAFE_INTEGER }: Candidate): number {
  return stepsUntil;
}

function byLabel(a: Candidate, b: Candidate): number {
  return a.entry.label < b.entry.label ? -1 : 1;
}
