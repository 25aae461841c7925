import { describe, expect, it } from 'vitest';
import { decodePolicies, encodePolicies, type Policies } from '../src/index.ts';

type CachePolicy = NonNullable<Policies['cache']>;
type KernelPolicy = NonNullable<Policies['kernels']>[number];

const cache: CachePolicy = {
  policy: 'learned',
  parameters: { classes: 4 },
  residency: 'closed',
  hits: 'continuous',
  capacity_blocks: 512,
  capacity_bytes: null,
  block_size: 512,
  admission: { rule: 'table', parameters: {} },
  table: {
    features: [
      { name: 'uses', thresholds: [2], weights: [-1, 1] },
      { name: 'gap-millis', thresholds: [0, 1000], weights: [0, 0.5, 0.25] },
    ],
    intercept: -2,
    band_scores: [-1.5],
    gap_levels: [1],
    age_ms: [0, 60_000],
    values: [
      [0.1, 0.2],
      [0.3, 0.4],
      [0.5, 0.6],
      [0.7, 0.8],
    ],
    unit: 'hits a block-second',
  },
  pins: [],
  candidates: [{ policy: 'lru', parameters: {}, hit_tokens: 10 }],
  cohorts: [{ prefix: '46', ttl_seconds: 900, priority: 80 }],
  windows: {
    tuned: { from: 0, to: 0.5, requests: 10, input_tokens: 1000 },
    validated: { from: 0.4, to: 0.5, requests: 2, input_tokens: 200 },
    measured: { from: 0.5, to: 1, requests: 10, input_tokens: 1000 },
  },
  default: {
    policy: 'lru',
    parameters: {},
    hit_tokens: 100,
    hit_ratio: 0.1,
    saved_prefill_seconds: null,
  },
  ours: {
    policy: 'learned',
    parameters: {},
    hit_tokens: 150,
    hit_ratio: 0.15,
    saved_prefill_seconds: 1.5,
  },
  optimum: {
    policy: 'optimum',
    parameters: {},
    hit_tokens: 300,
    hit_ratio: 0.3,
    saved_prefill_seconds: null,
  },
  ceiling: { hit_tokens: 400, hit_ratio: 0.4 },
  gain: { hit_ratio: 0.05, standard_error: 0.01 },
  verdict: 'use',
  reason: '50 % more hit tokens than lru on the measured window',
  engines: [
    {
      engine: 'vllm',
      verdict: 'use',
      reason: 'arc beats lru by more than its error',
      default: {
        policy: 'vllm',
        parameters: {},
        hit_tokens: 100,
        hit_ratio: 0.1,
        saved_prefill_seconds: null,
      },
      ours: {
        policy: 'vllm',
        parameters: {},
        hit_tokens: 110,
        hit_ratio: 0.11,
        saved_prefill_seconds: null,
      },
      gain: { hit_ratio: 0.01, standard_error: 0.002 },
      settings: { kv_connector_extra_config: { eviction_policy: 'arc' } },
      files: ['vllm/kv-transfer-config.json'],
    },
  ],
};

const tile = { BM: 64, BN: 128, BK: 64, swizzle_size: 8, stage_depth: 3, num_warps: 4, split_k: 1 };
const kernel: KernelPolicy = {
  problem: {
    kind: 'moe',
    role: 'moe',
    device: 'H200',
    dtype: 'fp8',
    N: 4096,
    K: 7168,
    experts: 256,
    top_k: 8,
    tp: 8,
    ep: 1,
  },
  M: 512,
  runs: 100,
  weight: 0.25,
  policy: tile,
  baseline: { name: 'vllm', policy: { ...tile, BM: 32 }, micros: 100, feasible: true },
  ours: { policy: tile, micros: 80 },
  gain: 0.25,
  source: 'modelled',
  verdict: 'use',
};

const policies: Policies = {
  schema: 'policies/1',
  meta: {
    generator: 'wavetune test',
    inputs: [{ path: 'trace.jsonl', bytes: 10 }],
    format: 'mooncake',
    requests: 20,
    model: null,
    device: null,
    seed: 1,
  },
  cache,
};

const broken = (change: (cache: CachePolicy) => void) => {
  const copy = structuredClone(cache);
  change(copy);
  return () => encodePolicies({ ...policies, cache: copy });
};

describe('policies/1', () => {
  it('reads back a cache part, kernels, or both', () => {
    const kernels = { kernels: [kernel], kernel_totals: [] };
    for (const document of [
      policies,
      { ...policies, ...kernels },
      { ...policies, ...kernels, cache: null },
    ]) {
      expect(decodePolicies([...encodePolicies(document)].join(''))).toEqual(document);
    }
  });

  it('refuses a document that changes nothing', () => {
    expect(() => encodePolicies({ ...policies, cache: null })).toThrow(
      expect.objectContaining({ code: 'documents.invalid' }),
    );
  });

  it.each<[string, (cache: CachePolicy) => void]>([
    ['tuned on the measured window', (copy) => Object.assign(copy.windows.tuned, { to: 0.6 })],
    ['chosen on the measured window', (copy) => Object.assign(copy.windows.validated, { to: 0.6 })],
    ['"use" without a gain', (copy) => Object.assign(copy.default, { hit_tokens: 150 })],
    ['more hits than the ceiling', (copy) => Object.assign(copy.ours, { hit_tokens: 401 })],
    [
      'a table with a class missing',
      (copy) => Object.assign(copy.table ?? {}, { values: [[1, 2]] }),
    ],
    ['a table with an age missing', (copy) => Object.assign(copy.table ?? {}, { age_ms: [0] })],
    ['a weight missing', (copy) => Object.assign(copy.table?.features[0] ?? {}, { weights: [1] })],
    ['ages out of order', (copy) => Object.assign(copy.table ?? {}, { age_ms: [9, 0] })],
  ])('refuses %s', (_, change) => {
    expect(broken(change)).toThrow(expect.objectContaining({ code: 'documents.invalid' }));
  });

  it.each<[string, Partial<KernelPolicy>, RegExp]>([
    ['that is used without a gain', { gain: 0 }, /"use" needs a gain/],
    [
      'whose policy is not what the verdict says',
      { verdict: 'keep default' },
      /must be ours where/,
    ],
    [
      'whose default is kept and cannot run',
      {
        verdict: 'keep default',
        policy: { ...tile, BM: 32 },
        baseline: { ...kernel.baseline, feasible: false },
      },
      /cannot run is not kept/,
    ],
  ])('refuses a kernel %s', (_, change, message) => {
    expect(() => encodePolicies({ ...policies, kernels: [{ ...kernel, ...change }] })).toThrow(
      message,
    );
  });
});
