import type { Config } from '../config/config-schema.ts';
import type { GateResult } from '../run/manifest.ts';
import type { Figures } from './figures.ts';
import { bandOf } from './robust.ts';

/** What a gate sees: tonight, and the nights that were published before, oldest first. */
export interface GateInput {
  readonly tonight: Figures;
  readonly history: readonly Figures[];
  readonly config: Config['gates'];
  /** Gates that a person opens tonight. */
  readonly accepted: readonly string[];
}

type Gate = (input: GateInput) => { readonly passed: boolean; readonly reason: string };

/** Every check before publishing, by name. */
const GATES: readonly (readonly [name: string, gate: Gate])[] = [
  ['schema', schema],
  ['bad-records', badRecords],
  ['conflicts', conflicts],
  ['clock', clock],
  [
    'requests',
    (input) => drift(input, 'requests', ({ window }) => window.all_requests / window.days),
  ],
  [
    'block-references',
    (input) =>
      drift(input, 'block references', ({ window }) => window.all_references / window.days),
  ],
  ['ceiling', (input) => ratioDrift(input, 'the ceiling', ({ window }) => window.ceiling_ratio)],
  ['hit-ratio', (input) => ratioDrift(input, 'the hit ratio', ({ window }) => window.hit_ratio)],
  ['held-out', heldOut],
];

/** The names of all gates. */
export const GATE_NAMES: readonly string[] = GATES.map(([name]) => name);

/** All of them, in order: a person wants every reason, not the first. One that was accepted passes, and says so. */
export function judge(input: GateInput): readonly GateResult[] {
  return GATES.map(([name, gate]) => {
    const { passed, reason } = gate(input);
    if (passed || !input.accepted.includes(name)) return { name, passed, reason };
    return { name, passed: true, reason: `${reason}; accepted by hand` };
  });
}

function schema({ tonight, history }: GateInput) {
  const before = history.at(-1);
  const found = shapeText(tonight);
  if (before === undefined) return { passed: true, reason: `${found}; nothing to compare with` };
  const wanted = shapeText(before);
  return {
    passed: found === wanted,
    reason: found === wanted ? found : `${found}; last night ${wanted}`,
  };
}

function shapeText({ added }: Figures): string {
  return `${added.formats.join(' and ')}, blocks of ${added.block_sizes.join(' and ')} tokens`;
}

function badRecords({ tonight: { added }, config }: GateInput) {
  const share = added.bad_records / Math.max(1, added.bad_records + added.requests);
  const reason = `${percent(share)} of the records are bad, at most ${percent(config.most_bad)} pass`;
  return { passed: share <= config.most_bad, reason };
}

function conflicts({ tonight: { added }, config }: GateInput) {
  const share = added.conflicts / Math.max(1, added.block_references);
  const most = config.most_conflicts;
  const reason = `${percent(share)} of the block references contradict an earlier parent, at most ${percent(most)} pass`;
  return { passed: share <= most, reason };
}

function clock({ tonight: { added }, config }: GateInput) {
  const share = added.out_of_day;
  if (share === null)
    return { passed: true, reason: 'times are relative, or partitions have no day' };
  const most = config.most_out_of_day;
  const reason = `${percent(share)} of the partitions lie outside their day, at most ${percent(most)} pass`;
  return { passed: share <= most, reason };
}

/** A count of the window's days, which grows with the traffic: relative to its middle. */
function drift(
  { tonight, history, config }: GateInput,
  what: string,
  of: (figures: Figures) => number,
) {
  const found = of(tonight);
  const before = history.slice(-config.nights).map(of);
  const tolerance = (middle: number): number => config.rows_tolerance * middle;
  const band =
    before.length < config.least_nights ? undefined : bandOf(before, config.deviations, tolerance);
  const text = `${Math.round(found)} ${what} a day`;
  if (band === undefined)
    return { passed: true, reason: `${text}; too few nights to compare with` };
  const passed = Math.abs(found - band.middle) <= band.reach;
  return {
    passed,
    reason: `${text}, the last ${before.length} nights ${Math.round(band.middle)} ± ${Math.round(band.reach)}`,
  };
}

/** A ratio: in points. */
function ratioDrift(
  { tonight, history, config }: GateInput,
  what: string,
  of: (figures: Figures) => number | null,
) {
  const found = of(tonight);
  const before = history
    .slice(-config.nights)
    .map(of)
    .filter((value) => value !== null);
  const tolerance = (): number => config.ratio_tolerance;
  const band =
    before.length < config.least_nights ? undefined : bandOf(before, config.deviations, tolerance);
  if (found === null)
    return { passed: before.length === 0, reason: `${what} cannot be told: no tokens` };
  const text = `${what} is ${percent(found)}`;
  if (band === undefined)
    return { passed: true, reason: `${text}; too few nights to compare with` };
  const passed = Math.abs(found - band.middle) <= band.reach;
  return {
    passed,
    reason: `${text}, the last ${before.length} nights ${percent(band.middle)} ± ${percent(band.reach)}`,
  };
}

/**
 * What is published must not lose to the default on requests that its tuning never saw: tonight's choice on the measured
 * window. A policy that stays in use was tuned on earlier nights; that it stays is stability's to say.
 */
function heldOut({ tonight: { window } }: GateInput) {
  if (window.in_use !== undefined) {
    const { policy, hit_ratio: hits, default_ratio: untold } = window.in_use;
    const text = (value: number | null): string => (value === null ? 'unknown' : percent(value));
    const reason = `${policy} stays in use: ${text(hits)}, the default ${text(untold)} on tonight's validation slice`;
    return { passed: true, reason };
  }
  const ours = window.hit_ratio;
  const base = window.default_ratio;
  if (ours === null || base === null)
    return { passed: true, reason: 'no tokens in the measured window' };
  const reason = `${window.policy} ${percent(ours)}, the default ${percent(base)} (${window.verdict})`;
  return { passed: window.verdict === 'keep default' || ours > base, reason };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 && share > 0 ? 2 : 1)} %`;
}
