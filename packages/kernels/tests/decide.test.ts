import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costPolicies,
  type DecisionEvidence,
  decidePolicy,
  findStrategy,
  isFeasible,
  NOISE,
  searchPolicies,
  stabilityOf,
  type TiledProblem,
} from '../src/index.ts';
import { anyProblem, deviceOf, shippedConstants } from './fixtures.ts';

const constants = shippedConstants();
const h200 = deviceOf('h200');
const vllm = findStrategy('vllm');
const evidenceOf = (problem: TiledProblem): DecisionEvidence => ({
  ranking: searchPolicies(h200, { problem, constants, top: 8 }),
  baseline: { name: 'vllm', policy: vllm.choose(problem) },
});
const problem = { kind: 'dense', dtype: 'bf16', m: 64, n: 4096, k: 4096, l2: 'cold' } as const;

describe('decidePolicy', () => {
  it('leaves the default only for a gain of the margin, and emits only what can run', () => {
    fc.assert(
      fc.property(anyProblem, (any) => {
        const decision = decidePolicy(h200, { problem: any, constants, evidence: evidenceOf(any) });
        expect(decision.verdict === 'use').toBe(
          decision.gain >= 0.1 || !decision.baseline.feasible,
        );
        expect(isFeasible(h200, any.dtype, decision.policy)).toBe(true);
        expect(decision.seconds).toBeLessThanOrEqual(
          decision.baseline.seconds * (decision.baseline.feasible ? 1 : Infinity),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('believes a measurement over the model', () => {
    const evidence = evidenceOf(problem);
    const slow = { policy: evidence.ranking[5].policy, seconds: 1e-6 };
    const decision = decidePolicy(h200, {
      problem,
      constants,
      evidence: { ...evidence, measured: [slow] },
    });
    expect(decision).toMatchObject({ policy: slow.policy, source: 'measured' });
  });

  it('takes the tile that neighbours agree on where the model does not mind', () => {
    const evidence = evidenceOf(problem);
    const second = evidence.ranking[1];
    const decision = decidePolicy(h200, {
      problem,
      constants,
      evidence: { ...evidence, neighbours: [{ policy: second.policy, share: 0.6 }], margin: 0.5 },
    });
    expect(decision.candidate.policy).toEqual(second.policy);
    expect(decision.source).toBe('neighbour');
  });

  it('keeps the incumbent within noise', () => {
    const evidence = evidenceOf(problem);
    const [best, second] = evidence.ranking;
    const within = second.seconds <= best.seconds * (1 + NOISE);
    const decision = decidePolicy(h200, {
      problem,
      constants,
      evidence: { ...evidence, incumbent: second.policy, margin: -1 },
    });
    expect(decision.policy).toEqual(within ? second.policy : best.policy);
  });
});

describe('stabilityOf', () => {
  it('weighs what the other policy would cost, and has no answer for nothing', () => {
    const [a, b] = evidenceOf(problem).ranking;
    const [own, other] = costPolicies(h200, { problem, constants, policies: [a.policy, b.policy] });
    const same = { weight: 3, own: a.policy, other: a.policy, ownSeconds: 1, otherSeconds: 1 };
    const twice = { weight: 1, own: a.policy, other: b.policy, ownSeconds: 1, otherSeconds: 1.4 };
    expect(own.seconds).toBeLessThanOrEqual(other.seconds);
    expect(stabilityOf([same, twice]).changedShare).toBe(0.5);
    expect(stabilityOf([same, twice]).crossCost).toBeCloseTo(0.1, 12);
    expect(stabilityOf([])).toEqual({ changedShare: undefined, crossCost: undefined });
  });
});
