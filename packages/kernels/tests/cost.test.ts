import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttentionProblem,
  attentionBound,
  costPolicies,
  type DenseProblem,
  explainCost,
  type TilePolicy,
} from '../src/index.ts';
import { anyProblem, deviceOf, shippedConstants } from './fixtures.ts';

const constants = shippedConstants();
const h200 = deviceOf('h200');
const dense: DenseProblem = { kind: 'dense', dtype: 'bf16', m: 4096, n: 8192, k: 4096, l2: 'cold' };
const tile: TilePolicy = {
  blockM: 128,
  blockN: 128,
  blockK: 64,
  groupM: 8,
  stages: 3,
  warps: 8,
  splitK: 1,
};
const secondsOf = (
  problem: Parameters<typeof costPolicies>[1]['problem'],
  policy = tile,
  device = h200,
) => costPolicies(device, { problem, constants, policies: [policy] })[0].seconds;

describe('the cost model', () => {
  it('stays above what the device can do at its peak', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const rows = problem.kind === 'dense' ? problem.m : 0;
        const flops = problem.kind === 'dense' ? 2 * rows * problem.n * problem.k : 0;
        expect(secondsOf(problem)).toBeGreaterThan(flops / h200.denseFlopsByDtype.fp8!);
      }),
    );
  });

  it('takes longer for a deeper and for a wider multiplication', () => {
    fc.assert(
      fc.property(anyProblem, fc.integer({ min: 2, max: 4 }), (problem, factor) => {
        const wider =
          problem.kind === 'dense'
            ? { ...problem, n: problem.n * factor, k: problem.k * 16, m: problem.m * factor }
            : { ...problem, hidden: problem.hidden * factor, m: problem.m * factor };
        const aligned = problem.kind === 'dense' ? { ...problem, k: problem.k * 16 } : problem;
        expect(secondsOf(wider)).toBeGreaterThanOrEqual(secondsOf(aligned) * 0.999);
      }),
    );
  });

  it('quantises waves: one tile more than the device holds costs a wave', () => {
    const slots =
      explainCost(h200, { problem: dense, policy: tile, constants }).gemms[0].ctasPerSm * h200.sms;
    const rows = (tiles: number): DenseProblem => ({ ...dense, m: 128 * tiles, n: 128 });
    const gemm = (tiles: number) =>
      explainCost(h200, { problem: rows(tiles), policy: tile, constants }).gemms[0].seconds;
    expect(gemm(slots + 1) - gemm(slots)).toBeGreaterThan(0.3 * gemm(slots));
    expect(gemm(slots + 2) - gemm(slots + 1)).toBeLessThan(0.02 * gemm(slots));
  });

  it('fetches fewer bytes from memory with a square patch than with a strip', () => {
    const fetched = (groupM: number) =>
      explainCost(h200, { problem: dense, policy: { ...tile, groupM }, constants }).gemms[0].terms
        .hbm;
    expect(fetched(16)).toBeLessThan(fetched(1));
  });

  it('hides latency with depth', () => {
    const latency = (stages: number) =>
      explainCost(h200, { problem: dense, policy: { ...tile, stages }, constants }).gemms[0].terms
        .latency;
    expect(latency(2)).toBeCloseTo(2 * latency(3), 12);
  });

  it('makes large tiles pay for unaligned rows, and small ones less', () => {
    const small = { ...tile, blockM: 16, blockN: 32, warps: 4 };
    const slower = (policy: TilePolicy) =>
      secondsOf({ ...dense, k: 4095 }, policy) / secondsOf({ ...dense, k: 4096 }, policy);
    expect(slower(tile)).toBeGreaterThan(1.5);
    expect(slower(small)).toBeLessThan(slower(tile));
  });

  it('explains terms that sum to the whole', () => {
    const explained = explainCost(h200, { problem: dense, policy: tile, constants });
    const parts = explained.gemms.reduce(
      (sum, gemm) => sum + gemm.seconds,
      explained.aroundSeconds,
    );
    expect(parts).toBeCloseTo(explained.seconds, 12);
    expect(explained.seconds).toBe(secondsOf(dense));
    expect(explained.infeasible).toBeUndefined();
  });
});

describe('attentionBound', () => {
  it('is bound by memory in decode and by compute in a long prefill', () => {
    const decode: AttentionProblem = {
      kind: 'attention',
      phase: 'decode',
      dtype: 'bf16',
      m: 64,
      context: 8192,
      heads: 32,
      kvHeads: 8,
      headSize: 128,
    };
    const inDecode = attentionBound(h200, decode);
    expect(inDecode.memorySeconds).toBeGreaterThan(inDecode.computeSeconds);
    const inPrefill = attentionBound(h200, { ...decode, phase: 'prefill', m: 8192 });
    expect(inPrefill.computeSeconds).toBeGreaterThan(inPrefill.memorySeconds);
  });
});
