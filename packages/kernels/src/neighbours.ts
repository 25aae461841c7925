import type { KernelDtype } from './dtype.ts';
import { sameTile, type TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';
import type { TunedRow } from './tuned-table.ts';

/** What neighbours are looked for: a row's key without its policy. */
export interface NeighbourQuery {
  readonly kind: TunedRow['kind'];
  /** As engines name it. */
  readonly device: string;
  readonly dtype: KernelDtype;
  readonly experts: number;
  readonly n: number;
  readonly k: number;
  readonly m: number;
}

/** The key under which published winners hold `problem`; `device` as engines name it. */
export function neighbourQueryOf(problem: TiledProblem, device: string): NeighbourQuery {
  const { kind, dtype, m } = problem;
  return problem.kind === 'dense'
    ? { kind, dtype, m, device, experts: 0, n: problem.n, k: problem.k }
    : { kind, dtype, m, device, experts: problem.experts / problem.ep, n: problem.width, k: 0 };
}

/** A tile that neighbours were tuned to, with the weight of their votes in all votes. */
export interface NeighbourVote {
  readonly policy: TilePolicy;
  readonly share: number;
}

/** Published winners by kind and dtype, copies of one file counted once. */
export interface NeighbourIndex {
  readonly groups: ReadonlyMap<string, readonly TunedRow[]>;
}

/** Drops copies (one digest and M) and sorts the rows into groups that can be neighbours at all. */
export function buildNeighbourIndex(rows: readonly TunedRow[]): NeighbourIndex {
  const seen = new Set<string>();
  const unique = rows.filter((row) => {
    const key = `${row.fileHash}/${row.device}/${row.experts}/${row.n}/${row.k}/${row.m}`;
    return !seen.has(key) && seen.add(key);
  });
  return { groups: Map.groupBy(unique, (row) => `${row.kind}/${row.dtype}`) };
}

/** How far doublings of each size, and another device, set two problems apart. Chosen by leaving shapes out. */
const DISTANCE = {
  m: 2,
  n: 0.5,
  k: 0.7,
  experts: 0.5,
  sameArchitecture: 0.8,
  otherArchitecture: 3,
} as const;

/** Architectures by what engines call their devices; the first that fits. */
const ARCHITECTURES: readonly (readonly [RegExp, string])[] = [
  [/A100|A800/, 'ampere'],
  [/H100|H200|H20|H800|L20Y/, 'hopper'],
  [/RTX_PRO|GB10/, 'blackwell-consumer'],
  [/B200|B300|GB200/, 'blackwell'],
  [/L40|L20|4090|Ada/, 'ada'],
  [/MI3/, 'cdna'],
];

/** Votes fall by e with each unit of distance. */
const REACH = 0.5;

/**
 * Tiles that winners of near problems chose, most votes first; each with the policy of its nearest voter.
 *
 * A vote weighs e^(−distance / reach), the distance being the sum of the doublings between M, N, K and experts.
 * `exclude` hides rows, as leaving a shape out does. Cost: O(rows of the kind and dtype).
 */
export function neighbourVotes(
  index: NeighbourIndex,
  query: NeighbourQuery,
  exclude: (row: TunedRow) => boolean = () => false,
): readonly NeighbourVote[] {
  const rows = index.groups.get(`${query.kind}/${query.dtype}`) ?? [];
  const votes: { policy: TilePolicy; weight: number; nearest: number }[] = [];
  let total = 0;
  for (const row of rows) {
    if (exclude(row)) continue;
    const distance = distanceOf(row, query);
    const weight = Math.exp(-distance / REACH);
    total += weight;
    const vote = votes.find((candidate) => sameTile(candidate.policy, row.policy));
    if (vote === undefined) votes.push({ policy: row.policy, weight, nearest: distance });
    else {
      vote.weight += weight;
      if (distance < vote.nearest) Object.assign(vote, { policy: row.policy, nearest: distance });
    }
  }
  return votes
    .sort((left, right) => right.weight - left.weight)
    .map(({ policy, weight }) => ({ policy, share: weight / total }));
}

function distanceOf(row: TunedRow, query: NeighbourQuery): number {
  const doublings = (left: number, right: number) =>
    left === 0 || right === 0 ? 0 : Math.abs(Math.log2(left / right));
  return (
    DISTANCE.m * doublings(row.m, query.m) +
    DISTANCE.n * doublings(row.n, query.n) +
    DISTANCE.k * doublings(row.k, query.k) +
    DISTANCE.experts * doublings(row.experts, query.experts) +
    deviceDistance(row.device, query.device)
  );
}

function deviceDistance(left: string, right: string): number {
  if (left === right) return 0;
  const architecture = architectureOf(left);
  const same = architecture !== undefined && architecture === architectureOf(right);
  return same ? DISTANCE.sameArchitecture : DISTANCE.otherArchitecture;
}

function architectureOf(engineName: string): string | undefined {
  return ARCHITECTURES.find(([pattern]) => pattern.test(engineName))?.[1];
}
