import type { Device } from '../device.ts';
import { DEFAULT_MARGIN } from '../evaluate-pairs.ts';
import { checkCounters, checkMovement } from './movement.ts';
import { costStaging, type StagingCost, type StagingGround } from './staging-cost.ts';
import { isStageable, legalStagings, plainStaging, type StagingPolicy } from './staging-policy.ts';

/** A policy beside its modelled cost. */
export interface CostedStaging extends StagingCost {
  readonly policy: StagingPolicy;
}

/** What a decision is set against; a plain copy kernel where nothing else is named. */
export interface StagingBaseline {
  readonly name: string;
  readonly policy: StagingPolicy;
}

/** How rows should be staged, beside what would be done untold. */
export interface StagingDecision {
  /** What to run: the candidate where it is used, else the baseline. */
  readonly policy: StagingPolicy;
  readonly baseline: CostedStaging & { readonly name: string; readonly feasible: boolean };
  readonly candidate: CostedStaging;
  /** `baseline / candidate − 1` in modelled time. */
  readonly gain: number;
  readonly verdict: 'use' | 'keep default';
}

/**
 * The policy with the least modelled time; of equals the one with the least shared memory, so that no stage is spent
 * beyond what Little's law asks for. The baseline is left for a gain of at least the margin (10 %), or where it cannot run.
 *
 * Cost: O(legal space), some 500 policies.
 *
 * @throws WavetuneError `kernels.bad-movement`
 */
export function decideStaging(
  device: Device,
  {
    baseline: named,
    margin = DEFAULT_MARGIN,
    ...ground
  }: StagingGround & { readonly baseline?: StagingBaseline; readonly margin?: number },
): StagingDecision {
  checkMovement(ground.movement);
  checkCounters(ground.counters);
  const costed = (policy: StagingPolicy): CostedStaging => ({
    policy,
    ...costStaging(device, policy, ground),
  });
  const stagedBytes = ground.movement.columnBytes.reduce((sum, bytes) => sum + bytes, 0);
  const baseline = named ?? { name: 'plain', policy: plainStaging(stagedBytes) };
  const candidate = legalStagings(device, stagedBytes)
    .map(costed)
    .reduce((best, each) => (isFaster(each, best) ? each : best));
  const theirs = costed(baseline.policy);
  const feasible = isStageable(device, baseline.policy);
  const gain = theirs.seconds / candidate.seconds - 1;
  const used = !feasible || (gain > 0 && gain >= margin);
  return {
    policy: used ? candidate.policy : baseline.policy,
    baseline: { name: baseline.name, ...theirs, feasible },
    candidate,
    gain,
    verdict: used ? 'use' : 'keep default',
  };
}

/** Times within a thousandth are equal: no one could measure them apart. */
function isFaster(left: CostedStaging, right: CostedStaging): boolean {
  return left.seconds < right.seconds * (1 - 1e-3);
}
