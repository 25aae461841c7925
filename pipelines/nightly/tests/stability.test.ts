import type { Policies } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { putOffText, type Streaks, settlePolicies } from '../src/settle/stability.ts';

const rule = { margin: 0.005, large: 0.03, nights: 3 };

/** A document of which only what the rule reads is filled in. */
function policies(policy: string, hits: Readonly<Record<string, number>>): Policies {
  const candidates = Object.entries(hits).map(([name, hitTokens]) => ({
    policy: name,
    parameters: {},
    hit_tokens: hitTokens,
  }));
  const cache = {
    policy,
    parameters: {},
    block_size: 64,
    capacity_blocks: 100,
    candidates,
    windows: { validated: { input_tokens: 100_000 } },
  };
  return { cache } as unknown as Policies;
}

const lru = policies('lru', { lru: 40_000 });
const tonight = (gain: number) =>
  policies('sieve', { lru: 40_000, sieve: 40_000 + gain * 100_000 });

/** The policy in use after each of the nights with these gains. */
function nights(...gains: number[]): readonly string[] {
  let inUse = lru;
  let streaks: Streaks = {};
  return gains.map((gain) => {
    const settled = settlePolicies(tonight(gain), inUse, streaks, rule);
    ({ policies: inUse, streaks } = settled);
    return inUse.cache!.policy;
  });
}

describe('settlePolicies', () => {
  it('takes the first policies as they are', () => {
    expect(settlePolicies(lru, undefined, {}, rule).policies).toBe(lru);
  });

  it('changes for a gain that lasts', () => {
    expect(nights(0.01, 0.01, 0.01)).toEqual(['lru', 'lru', 'sieve']);
  });

  it('forgets a streak that was broken', () => {
    expect(nights(0.01, 0.01, 0.001, 0.01, 0.01, 0.01)).toEqual([
      'lru',
      'lru',
      'lru',
      'lru',
      'lru',
      'sieve',
    ]);
  });

  it('changes at once for a large gain, never for one below the margin', () => {
    expect(nights(0.05)).toEqual(['sieve']);
    expect(nights(0.004, 0.004, 0.004, 0.004)).toEqual(['lru', 'lru', 'lru', 'lru']);
  });

  it('says why', () => {
    const { rulings } = settlePolicies(tonight(0.01), lru, {}, rule);
    expect(rulings).toMatchObject([
      { subject: 'cache', from: 'lru', to: 'sieve', adopted: false, nights: 1 },
    ]);
    expect(rulings[0].reason).toContain('takes 0.005 for 3 nights (now 1) or 0.03 at once');
  });

  it('rules on each bucket of tiles by itself', () => {
    const kernel = (M: number, BM: number, gain: number) => ({
      problem: {
        role: 'qkv',
        device: 'H100',
        dtype: 'bf16',
        N: 1,
        K: 1,
        experts: null,
        tp: 1,
        ep: 1,
      },
      M,
      gain,
      policy: { BM, BN: 64, BK: 64, swizzle_size: 1, stage_depth: 3, num_warps: 4, split_k: 1 },
    });
    const inUse = {
      cache: null,
      kernels: [kernel(16, 16, 0.1), kernel(64, 64, 0.1)],
    } as unknown as Policies;
    const next = {
      cache: null,
      kernels: [kernel(16, 32, 0.11), kernel(64, 128, 0.3)],
    } as unknown as Policies;
    const { policies: settled, streaks } = settlePolicies(next, inUse, {}, rule);
    expect(settled.kernels!.map(({ policy }) => policy.BM)).toEqual([16, 128]);
    expect(Object.values(streaks)).toEqual([
      { proposal: expect.stringContaining('32x64x64'), nights: 1 },
    ]);
  });
});

describe('putOffText', () => {
  it('says what stays and what was put off, nothing of what was adopted', () => {
    const { rulings } = settlePolicies(tonight(0.01), lru, {}, rule);
    expect(putOffText(rulings)).toEqual([
      'The cache policy stays lru, with the figures of the night that chose it; sieve was put off: a gain of 0.0100; it takes 0.005 for 3 nights (now 1) or 0.03 at once.',
    ]);
    expect(putOffText(settlePolicies(tonight(0.05), lru, {}, rule).rulings)).toEqual([]);
  });
});
