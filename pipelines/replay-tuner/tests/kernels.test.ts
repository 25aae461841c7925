import { listModels } from '@wavetune/catalog';
import { findStrategy, isFeasible, M_GRID, samePolicy, type TilePolicy } from '@wavetune/kernels';
import { createInlinePool } from '@wavetune/pool';
import { describe, expect, it } from 'vitest';
import { KERNEL_FILE_EXPORTERS } from '../src/kernel-files/kernel-file-exporters.ts';
import {
  gainByBucket,
  halvesStability,
  ruleTotalsOf,
  totalsOf,
} from '../src/kernels/kernel-figures.ts';
import { loadKernelGround } from '../src/kernels/kernel-ground.ts';
import { stepsByBucket, wavesOfTrace } from '../src/kernels/trace-waves.ts';
import { type KernelTuning, tuneKernels } from '../src/kernels/tune-kernels.ts';
import { columnsOf, kernelOptions } from './kernel-fixtures.ts';

const MODELS = [
  { model: 'deepseek-v3', tp: 8, ep: 8, dtype: 'fp8' },
  { model: 'qwen3-30b-a3b', tp: 1, ep: 1, dtype: 'bf16' },
  { model: 'llama-3.1-70b', tp: 4, ep: 1, dtype: 'fp8_w8a8_block' },
];
const CASES = MODELS.flatMap((each) => ['H200', 'L40S'].map((device) => ({ ...each, device })));
const columns = columnsOf(60);
const noHits = new Float64Array(60);

async function tuningOf(of: (typeof CASES)[number], strategy = 'vllm'): Promise<KernelTuning> {
  const { device, model, ...rest } = of;
  const ground = await loadKernelGround(kernelOptions(rest), { device, model, strategy });
  return tuneKernels(ground, wavesOfTrace(columns, noHits, ground), createInlinePool());
}

describe.each(CASES)('kernels of $model $dtype on $device', (of) => {
  it('are feasible, and beat the default by the margin or keep it', async () => {
    const tuning = await tuningOf(of);
    const { device } = tuning.ground;
    expect(tuning.decided.length).toBeGreaterThan(0);
    for (const { problem, decision } of tuning.decided) {
      expect(isFeasible(device, problem.dtype, decision.policy)).toBe(true);
      const { verdict, gain, seconds, baseline } = decision;
      expect(verdict).toBe(gain >= 0.1 || !baseline.feasible ? 'use' : 'keep default');
      if (baseline.feasible) expect(seconds).toBeLessThanOrEqual(baseline.seconds);
    }
    const total = totalsOf(tuning).at(-1);
    const rules = ruleTotalsOf(tuning);
    expect(rules.find(({ name }) => name === 'vllm')?.seconds).toBeCloseTo(
      total?.baselineSeconds ?? 0,
      6,
    );
    for (const { runnable, seconds, tunedSeconds } of rules) {
      if (runnable) expect(tunedSeconds).toBeLessThanOrEqual(seconds);
    }
  });

  it.each(['vllm', 'sglang'] as const)('pin every M that %s is not tuned at', async (engine) => {
    const tuning = await tuningOf(of);
    const { device, layers } = tuning.ground;
    const exporter = KERNEL_FILE_EXPORTERS.find(({ option }) => option === engine);
    const { files } = (await exporter?.filesOf(tuning, [])) ?? { files: [] };
    const strategy = findStrategy(engine);
    for (const { name, text } of files) {
      const body: Record<string, Record<string, number>> = JSON.parse(text);
      const sizes = Object.keys(body).map(Number);
      expect(sizes).toEqual([...M_GRID]);
      const found = layers.filter(({ problem }) =>
        problem.kind === 'moe'
          ? name.includes(`E=${problem.experts / problem.ep},N=${problem.width},`)
          : name.includes(`N=${problem.n},K=${problem.k},`),
      );
      expect(found.length).toBeGreaterThan(0);
      const [layer] = found;
      const decided = tuning.decideAgainst(strategy).filter((one) => one.layer === layer.layer);
      for (const m of sizes) {
        const row = policyOf(body[m]);
        expect(Object.keys(body[m])).toHaveLength(6);
        expect(isFeasible(device, layer.problem.dtype, row)).toBe(true);
        const decision = decided.find((one) => one.m === m)?.decision;
        const expected = decision?.policy ?? strategy.choose({ ...layer.problem, m });
        if (isFeasible(device, layer.problem.dtype, expected)) {
          expect(samePolicy(row, expected), `${name} at ${m}`).toBe(true);
        }
      }
    }
  });
});

describe('the kernel half', () => {
  it('counts each step once, whatever the hits', async () => {
    const { ground, waves } = await tuningOf(CASES[2]);
    const steps = stepsByBucket(waves.whole);
    const sum = steps.reduce(
      (total, { prefill, decode, mixed }) => total + prefill + decode + mixed,
      0,
    );
    expect(sum).toBe(waves.whole.steps);
    const half = columns.inputTokens.map((tokens) => Math.floor(tokens / 2));
    const less = wavesOfTrace(columns, half, ground).whole;
    expect(less.decodeTokens).toBe(waves.whole.decodeTokens);
    const left = columns.inputTokens.reduce((total, tokens, r) => total + tokens - half[r], 0);
    expect(less.prefillTokens).toBe(left);
  });

  it('costs at most 1 % more under the files of the other half of the trace', async () => {
    const stability = halvesStability(await tuningOf(CASES[0]));
    expect(stability?.crossCost).toBeLessThanOrEqual(0.01);
    expect(stability?.crossCost).toBeGreaterThanOrEqual(-0.01);
  });

  it('gains by bucket what it gains in all', async () => {
    const tuning = await tuningOf(CASES[2]);
    const total = totalsOf(tuning).at(-1);
    const gains = gainByBucket(tuning.decided).map(({ gain }) => gain);
    const gain = (total?.baselineSeconds ?? 0) / (total?.seconds ?? 1) - 1;
    expect(Math.min(...gains)).toBeLessThanOrEqual(gain);
    expect(Math.max(...gains)).toBeGreaterThanOrEqual(gain);
  });

  it('warns where another model’s MoE file has the same name', async () => {
    const [vllm] = KERNEL_FILE_EXPORTERS;
    const { notes } = await vllm.filesOf(await tuningOf(CASES[2]), await listModels());
    expect(notes.join('\n')).toMatch(/says nothing of K: .*qwen3-235b-a22b \(K 4096/);
  });

  it('writes Triton, CUTLASS and BCache what they can read', async () => {
    const tuning = await tuningOf(CASES[0]);
    const textOf = async (name: string): Promise<string> => {
      const exporter = KERNEL_FILE_EXPORTERS.find(({ option }) => option === name);
      return (await exporter?.filesOf(tuning, []))?.files[0].text ?? '';
    };
    const triton = (await textOf('triton')).match(/triton\.Config\(/g);
    expect(triton).toHaveLength(tuning.decided.length);
    const moe = tuning.decided.filter(({ problem }) => problem.kind === 'moe').length;
    const cutlass = (await textOf('cutlass')).split('\n').filter((line) => line.startsWith('--'));
    expect(cutlass).toHaveLength(tuning.decided.length + moe);
    const { tiles, micros, bcache_micros } = JSON.parse(await textOf('bcache'));
    expect(tiles).toHaveLength(tuning.decided.length);
    expect(bcache_micros).toBeGreaterThan(micros);
    const whitelist = [
      [128, 128, 64, 2],
      [128, 256, 64, 2],
      [256, 128, 64, 2],
      [128, 128, 128, 3],
    ];
    for (const { bcache } of tiles) {
      if (bcache !== null)
        expect(whitelist).toContainEqual([bcache.bm, bcache.bn, bcache.bk, bcache.stage_n]);
    }
  });
});

function policyOf(entry: Readonly<Record<string, number>>): TilePolicy {
  return {
    blockM: entry.BLOCK_SIZE_M,
    blockN: entry.BLOCK_SIZE_N,
    blockK: entry.BLOCK_SIZE_K,
    groupM: entry.GROUP_SIZE_M,
    stages: entry.num_stages,
    warps: entry.num_warps,
    splitK: 1,
  };
}
