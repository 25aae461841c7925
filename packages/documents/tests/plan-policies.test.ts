import { describe, expect, it } from 'vitest';
import { decodePolicies, encodePolicies, type Policies } from '../src/index.ts';

type PlanPolicy = NonNullable<Policies['plan']>;
type Staging = PlanPolicy['stagings'][number];

const tile = { BM: 64, BK: 32, stage_depth: 4, num_warps: 4 };
const plain = { BM: 256, BK: 16, stage_depth: 1, num_warps: 8 };
const staging: Staging = {
  at: '$.input',
  node: 'repartition',
  kind: 'pack',
  columns: ['user_id', 'revenue'],
  rows: 1_000_000,
  row_bytes: 16,
  table_bytes: 0,
  source: 'measured',
  policy: tile,
  baseline: { name: 'plain', policy: plain, micros: 20, feasible: true },
  ours: { policy: tile, micros: 16, bytes_in_flight: 5e6, bytes_needed: 4e6 },
  heuristic: { micros: 30, feasible: false },
  gain: 0.25,
  verdict: 'use',
};
const figure = (value: number) => ({ value, provenance: 'measured' as const, estimated: 7 });
const plan: PlanPolicy = {
  format: 'ir/1',
  strategy: 'modelled',
  world_size: 4,
  calibration: 'pairs of times',
  margin: 0.1,
  sample: { rows: 500, of_rows: 1000, parts: 2, confidence: 0.9 },
  figures: {
    input_rows: figure(1000),
    input_bytes: figure(24_000),
    shuffle_bytes: figure(18_000),
    occupancy: null,
    l2_reuse: { value: 0.3, provenance: 'counter' },
  },
  pack_order: ['qty'],
  reuse: 0.5,
  stagings: [staging],
  total: { baseline_micros: 20, micros: 16 },
  datajax: null,
  datajax_absent: 'a window cannot be said there',
  notes: [],
};
const policies: Policies = {
  schema: 'policies/1',
  meta: {
    generator: 'wavetune test',
    inputs: [{ path: 'plan.json', bytes: 10 }],
    format: 'ir/1',
    requests: 0,
    model: null,
    device: 'H100',
    seed: null,
  },
  cache: null,
  cache_absent: 'a plan has no requests',
  plan,
};
const withStaging = (change: Partial<Staging>) => () =>
  encodePolicies({ ...policies, plan: { ...plan, stagings: [{ ...staging, ...change }] } });

describe('the policies of a plan', () => {
  it('are read back as they were written, without requests', () => {
    expect(decodePolicies([...encodePolicies(policies)].join(''))).toEqual(policies);
  });

  it.each<[string, Partial<Staging>, RegExp]>([
    ['used without a gain', { gain: 0 }, /"use" needs a gain/],
    ['whose policy is not what the verdict says', { policy: plain }, /must be ours where/],
    [
      'whose default is kept and cannot run',
      {
        ...{ verdict: 'keep default', policy: plain },
        baseline: { ...staging.baseline, feasible: false },
      },
      /cannot run is not kept/,
    ],
    ['without a row', { rows: 0 }, /rows/],
  ])('refuse a staging %s', (_, change, message) => {
    expect(withStaging(change)).toThrow(message);
  });

  it('refuse the datajax strategy without datajax’s policy', () => {
    expect(() => encodePolicies({ ...policies, plan: { ...plan, strategy: 'datajax' } })).toThrow(
      /needs datajax’s policy/,
    );
  });
});
