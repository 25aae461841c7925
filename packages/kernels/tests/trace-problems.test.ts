import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketSteps,
  findStrategy,
  type LayerProblem,
  layerTotals,
  M_GRID,
  pinnedPolicies,
  scheduleWaves,
  traceProblems,
  withRows,
} from '../src/index.ts';

const layer: LayerProblem = {
  layer: 'gate_up',
  count: 80,
  rows: 'tokens',
  problem: { kind: 'dense', dtype: 'fp8_w8a8_block', n: 4096, k: 4096, l2: 'cold' },
};
const waves = scheduleWaves(
  {
    arrivalMillis: Float64Array.of(0, 0, 5),
    prefillTokens: Uint32Array.of(100, 40, 7),
    outputTokens: Uint32Array.of(20, 30, 3),
  },
  { tokenBudget: 64, maxSequences: 4, arrivals: 'timed', stepMillis: () => 1 },
);

describe('bucketSteps', () => {
  it('counts every step once, at the nearest M', () => {
    const histogram = fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 });
    fc.assert(
      fc.property(histogram, (sizes) => {
        const tokens = Uint32Array.from(sizes).sort();
        const steps = bucketSteps([{ tokens, count: new Float64Array(tokens.length).fill(2) }]);
        expect([...steps.values()].reduce((sum, count) => sum + count, 0)).toBe(2 * tokens.length);
        for (const m of steps.keys()) expect(M_GRID).toContain(m);
      }),
    );
    const tie = bucketSteps([{ tokens: Uint32Array.of(3), count: Float64Array.of(1) }]);
    expect([...tie]).toEqual([[2, 1]]);
  });
});

describe('traceProblems', () => {
  it('weighs a layer by its count and the steps at each M', () => {
    const problems = traceProblems(
      [layer, { ...layer, layer: 'lm_head', count: 1, rows: 'sequences' }],
      waves,
    );
    const runs = (name: string) =>
      problems.filter((one) => one.layer === name).reduce((sum, { weight }) => sum + weight, 0);
    expect(runs('gate_up')).toBe(80 * waves.steps);
    expect(runs('lm_head')).toBeLessThanOrEqual(waves.steps);
    expect(problems.every(({ m, problem }) => problem.m === m)).toBe(true);
  });
});

describe('layerTotals', () => {
  it('sums weighted times by layer', () => {
    const of = (name: string, weight: number) => ({
      layer: name,
      weight,
      seconds: 1,
      baselineSeconds: 2,
    });
    expect(layerTotals([of('o', 2), of('qkv', 1), of('o', 3)])).toEqual([
      { layer: 'o', seconds: 5, baselineSeconds: 10 },
      { layer: 'qkv', seconds: 1, baselineSeconds: 2 },
    ]);
  });
});

describe('pinnedPolicies', () => {
  it("keeps the default's policy wherever nothing was decided", () => {
    const strategy = findStrategy('vllm');
    const own = { blockM: 16, blockN: 32, blockK: 128, groupM: 1, stages: 4, warps: 4, splitK: 1 };
    const pinned = pinnedPolicies(layer, { decided: new Map([[20, own]]), strategy });
    expect(pinned.size).toBe(M_GRID.length + 1);
    expect(pinned.get(20)).toBe(own);
    expect(pinned.get(64)).toEqual(strategy.choose(withRows(layer, 64)));
  });
});
