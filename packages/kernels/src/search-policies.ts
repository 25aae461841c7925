import type { Task } from '@wavetune/core';
import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import { layerSeconds, prepareProblem } from './layer-cost.ts';
import { isAligned, legalFamilies, type PolicyFamily } from './legal-space.ts';
import { sameTile, type TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';

/** A policy and what the model says it takes. */
export interface RankedPolicy {
  readonly policy: TilePolicy;
  readonly seconds: number;
}

/** Problems to search for, all of one device. */
export interface SearchInput {
  readonly device: Device;
  readonly constants: CostConstants;
  readonly problems: readonly TiledProblem[];
  /** How many tiles to return a problem. */
  readonly top: number;
  /** Also try split-K on dense problems; engines' tuned files cannot say it. */
  readonly splitK?: boolean;
  /** Position of the first problem in the whole input; a part keeps its place by it. */
  readonly first: number;
}

/** The ranking of one problem, at its place in the input. */
export interface SearchResult {
  readonly index: number;
  readonly ranking: readonly RankedPolicy[];
}

/** Searches the legal space for many problems, spread over threads by problem. */
export const searchPoliciesTask: Task<SearchInput, readonly SearchResult[]> = {
  name: 'kernels/search-policies',
  split: (input, parts) => {
    const { problems } = input;
    const count = Math.max(1, Math.min(parts, problems.length));
    const cut = (part: number) => Math.floor((problems.length * part) / count);
    return Array.from({ length: count }, (_, part) => ({
      ...input,
      problems: problems.slice(cut(part), cut(part + 1)),
      first: input.first + cut(part),
    }));
  },
  run: ({ device, constants, problems, top, first, splitK }) => {
    const known = new Map<string, readonly PolicyFamily[]>();
    return problems.map((problem, i) => {
      const key = `${problem.dtype}/${isAligned(problem)}`;
      const families = known.get(key) ?? legalFamilies(device, problem);
      known.set(key, families);
      const options = { problem, constants, top, splitK };
      return { index: first + i, ranking: rankFamilies(device, options, families) };
    });
  },
  merge: (left, right) => [...left, ...right].sort((a, b) => a.index - b.index),
};

/** One search. */
export interface SearchOptions {
  readonly problem: TiledProblem;
  readonly constants: CostConstants;
  readonly top: number;
  readonly splitK?: boolean | undefined;
}

/**
 * The `top` tiles of the whole legal space, fastest first, each with its best stages, warps and GROUP_M. Ties go to the
 * policy that comes first in the space's order, so that equal runs give equal answers.
 *
 * Cost: about 5,000 cost evaluations; with split-K the share of tiles that leave SMs idle is tried again.
 */
export function searchPolicies(device: Device, options: SearchOptions): readonly RankedPolicy[] {
  return rankFamilies(device, options, legalFamilies(device, options.problem));
}

function rankFamilies(
  device: Device,
  { problem, constants, top, splitK: splits }: SearchOptions,
  families: readonly PolicyFamily[],
): readonly RankedPolicy[] {
  const prepared = prepareProblem(device, problem);
  const best: RankedPolicy[] = [];
  for (const { policy, groups } of families) {
    const rowBlocks = prepared.rowBlocks(policy.blockM);
    let winner: RankedPolicy | undefined;
    for (const [i, groupM] of groups.entries()) {
      if (i > 0 && groups[i - 1] >= rowBlocks) break;
      for (const splitK of splits ? splitsOf(device, problem, policy) : ONE) {
        const candidate = { ...policy, groupM, splitK };
        const seconds = layerSeconds(device, prepared.geometry(candidate), constants);
        if (winner === undefined || seconds < winner.seconds)
          winner = { policy: candidate, seconds };
      }
    }
    if (winner !== undefined) keepBestOfTile(best, winner);
  }
  return best.sort((left, right) => left.seconds - right.seconds).slice(0, top);
}

const ONE = [1] as const;
const SPLITS = [1, 2, 4, 8] as const;
/** Steps along K that a split leaves at least, so that its pipeline fills. Chosen. */
const LEAST_STEPS = 4;

/** Splits that idle SMs and the depth of K allow. */
function splitsOf(device: Device, problem: TiledProblem, policy: TilePolicy): readonly number[] {
  if (problem.kind !== 'dense') return ONE;
  const tiles = Math.ceil(problem.m / policy.blockM) * Math.ceil(problem.n / policy.blockN);
  const steps = Math.ceil(problem.k / policy.blockK);
  return SPLITS.filter(
    (split) =>
      split === 1 ||
      (tiles * split <= 2 * device.sms && tiles < device.sms && steps >= LEAST_STEPS * split),
  );
}

/** What each policy takes for `problem`, in the order given. */
export function costPolicies(
  device: Device,
  {
    problem,
    constants,
    policies,
  }: {
    readonly problem: TiledProblem;
    readonly constants: CostConstants;
    readonly policies: readonly TilePolicy[];
  },
): readonly RankedPolicy[] {
  const prepared = prepareProblem(device, problem);
  return policies.map((policy) => ({
    policy,
    seconds: layerSeconds(device, prepared.geometry(policy), constants),
  }));
}

function keepBestOfTile(best: RankedPolicy[], found: RankedPolicy): void {
  const last = best.length - 1;
  const same = last >= 0 && sameTile(best[last].policy, found.policy);
  if (!same) best.push(found);
  else if (found.seconds < best[last].seconds) best[last] = found;
}
