import type { Policies } from '@wavetune/documents';
import { z } from 'zod';

/** How often in a row the same change was proposed and put off, by what it would change. */
export const streaksSchema = z.record(
  z.string(),
  z.strictObject({ proposal: z.string(), nights: z.int() }),
);

export type Streaks = Readonly<z.infer<typeof streaksSchema>>;

/** When a policy may change. */
export interface StabilityRule {
  /** Gain over the policy in use that a change needs, for so many nights in a row. */
  readonly margin: number;
  readonly nights: number;
  /** Gain that changes it at once. */
  readonly large: number;
}

/** What became of one proposal. */
export interface Ruling {
  /** `cache`, or a kernel bucket. */
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly gain: number;
  readonly nights: number;
  readonly adopted: boolean;
  readonly reason: string;
}

/** Tonight's policies with those put off replaced by the ones in use. */
export interface Settled {
  readonly policies: Policies;
  readonly rulings: readonly Ruling[];
  readonly streaks: Streaks;
}

/**
 * Lets a policy change only for a gain that lasts or a large one, so that a night's noise reaches no fleet.
 *
 * The gain of another cache policy is what it hit beyond the one in use on tonight's validation slice, in points; of
 * another tile its modelled or measured gain beyond that of the bucket's last night.
 */
export function settlePolicies(
  tonight: Policies,
  inUse: Policies | undefined,
  streaks: Streaks,
  rule: StabilityRule,
): Settled {
  if (inUse === undefined) return { policies: tonight, rulings: [], streaks: {} };
  const book = new Book(streaks, rule);
  const cache = settleCache(tonight.cache, inUse.cache, book);
  const kernels = settleKernels(tonight.kernels, inUse.kernels, book);
  const policies = { ...tonight, cache, ...(kernels === undefined ? {} : { kernels }) };
  return { policies, rulings: book.rulings, streaks: book.next };
}

/** Rules on proposals and counts their nights. */
class Book {
  readonly rulings: Ruling[] = [];
  readonly next: Record<string, { proposal: string; nights: number }> = {};
  readonly #streaks: Streaks;
  readonly #rule: StabilityRule;

  constructor(streaks: Streaks, rule: StabilityRule) {
    this.#streaks = streaks;
    this.#rule = rule;
  }

  /** True where the change is taken. */
  rule(change: Pick<Ruling, 'subject' | 'from' | 'to' | 'gain'>): boolean {
    const { margin, large, nights: needed } = this.#rule;
    const { subject, to, gain } = change;
    const before = Object.hasOwn(this.#streaks, subject) ? this.#streaks[subject] : undefined;
    const counts = gain >= margin;
    const nights = !counts ? 0 : before?.proposal === to ? before.nights + 1 : 1;
    const adopted = gain >= large || nights >= needed;
    if (!adopted && nights > 0) this.next[subject] = { proposal: to, nights };
    const reason = adopted
      ? gain >= large
        ? `a gain of ${gain.toFixed(4)} is large (${large})`
        : `a gain of at least ${margin} for ${nights} nights`
      : `a gain of ${gain.toFixed(4)}; it takes ${margin} for ${needed} nights (now ${nights}) or ${large} at once`;
    this.rulings.push({ ...change, nights, adopted, reason });
    return adopted;
  }
}

/** What was put off, a sentence for the cache and one for all tiles: what stays carries the figures of an earlier night. */
export function putOffText(rulings: readonly Ruling[]): readonly string[] {
  const putOff = rulings.filter(({ adopted }) => !adopted);
  const cache = putOff.filter(({ subject }) => subject === 'cache');
  const tiles = putOff.length - cache.length;
  return [
    ...cache.map(
      ({ from, to, reason }) =>
        `The cache policy stays ${from}, with the figures of the night that chose it; ${to} was put off: ${reason}.`,
    ),
    ...(tiles === 0
      ? []
      : [
          `${tiles} tiles stay, with the figures of the night that chose them: see stability.json.`,
        ]),
  ];
}

function settleCache(
  tonight: Policies['cache'],
  inUse: Policies['cache'],
  book: Book,
): Policies['cache'] {
  if (tonight === null || inUse === null) return tonight;
  const from = nameOfPolicy(inUse);
  const to = nameOfPolicy(tonight);
  const isComparable = inUse.capacity_blocks > 0 && inUse.block_size === tonight.block_size;
  if (from === to || !isComparable) return tonight;
  const tokens = tonight.windows.validated.input_tokens;
  const hits = (policy: string): number | undefined =>
    tonight.candidates.find((candidate) => nameOfPolicy(candidate) === policy)?.hit_tokens;
  const ours = hits(to);
  const theirs = hits(from);
  if (ours === undefined || theirs === undefined || tokens === 0) return tonight;
  const gain = (ours - theirs) / tokens;
  return book.rule({ subject: 'cache', from, to, gain }) ? tonight : inUse;
}

/** A policy with its parameters; of learned ones the name alone, since their parameters are fitted. */
export function nameOfPolicy({
  policy,
  parameters,
}: {
  readonly policy: string;
  readonly parameters: object;
}): string {
  const settings = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return policy === 'learned' ? policy : [policy, ...settings.sort()].join(' ');
}

type Kernels = NonNullable<Policies['kernels']>;

function settleKernels(
  tonight: Policies['kernels'],
  inUse: Policies['kernels'],
  book: Book,
): Policies['kernels'] {
  if (tonight === undefined || inUse === undefined) return tonight;
  const before = new Map(inUse.map((kernel) => [bucketOf(kernel), kernel]));
  return tonight.map((kernel) => {
    const subject = bucketOf(kernel);
    const old = before.get(subject);
    if (old === undefined || tileText(old) === tileText(kernel)) return kernel;
    const change = {
      subject,
      from: tileText(old),
      to: tileText(kernel),
      gain: kernel.gain - old.gain,
    };
    return book.rule(change) ? kernel : old;
  });
}

function bucketOf({ problem, M }: Kernels[number]): string {
  const { role, device, dtype, N, K, experts, tp, ep } = problem;
  return [
    role,
    device,
    dtype,
    `N${N}`,
    `K${K}`,
    `E${experts ?? 1}`,
    `tp${tp}`,
    `ep${ep}`,
    `M${M}`,
  ].join(' ');
}

function tileText({ policy }: Kernels[number]): string {
  const {
    BM,
    BN,
    BK,
    swizzle_size: group,
    stage_depth: stages,
    num_warps: warps,
    split_k: split,
  } = policy;
  return `${BM}x${BN}x${BK} group ${group} stages ${stages} warps ${warps} split ${split}`;
}
