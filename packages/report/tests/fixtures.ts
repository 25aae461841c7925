import type { CacheReplay, Policies, WaveSpec } from '@wavetune/documents';
import type { RunDocuments } from '../src/index.ts';

type Cohort = WaveSpec['cohorts'][number];

/** Text that a page must survive: markup, quotes, another direction, controls, emoji, a formula, a lone surrogate. */
export const HOSTILE = [
  '</script><script>window.broken=1</script>',
  '"><img src=x onerror="window.broken=1">',
  "'onmouseover='window.broken=1",
  '<!--<script>',
  'שלום עולם',
  '\u202Egnp.exe',
  '👩‍👩‍👧‍👦🏴‍☠️',
  '=HYPERLINK("http://example.invalid")',
  'a\u0000b\u0007c',
  '\uD800',
  '`{{window.broken=1}}`',
  'x'.repeat(5000),
];

/** A cohort of one block below `parent`; requests and tokens as given. */
export function cohortOf(prefix: string, given: Partial<Cohort> = {}): Cohort {
  const { count = 2, tokens = 16 } = given;
  return {
    prefix,
    parent: null,
    depth: 1,
    blocks: 1,
    tokens,
    count,
    bytes: tokens * 1000,
    saved_tokens: (count - 1) * tokens,
    tenants: 1,
    first_seen_ms: 0,
    last_seen_ms: 60_000,
    score: 1,
    reuse_interval_ms: { median: 1500, p90: 9000 },
    start_page: null,
    npages: 0,
    ...given,
  };
}

/** A wavespec of these cohorts, which are put in order. */
export function wavespecOf(cohorts: readonly Cohort[]): WaveSpec {
  return {
    schema: 'wavespec/1',
    pack_order: [],
    cohorts: cohorts.toSorted((a, b) => b.saved_tokens - a.saved_tokens),
    extents: [],
    prefix_histogram: { '1': 1 },
    pins: null,
    waves: [],
    meta: {
      page_bits: null,
      row_count: 12,
      approx_bytes: null,
      key_column: null,
      size_column: null,
      prefix_len: null,
      chunk_len_column: null,
      chunk_len_summary: {},
      window_column: null,
      window_summary: {},
      generator: 'test',
      inputs: [{ path: 'trace.jsonl', bytes: 10 }],
      format: 'mooncake',
      block_size: 16,
      tail: 'count',
      namespaced: false,
      requests: 12,
      block_references: 10,
      distinct_blocks: 3,
      input_tokens: 1e9,
      ceiling_hit_tokens: 5e8,
      model: 'llama-3.1-8b',
      bytes_per_token: 1000,
      page_bytes: 16_000,
      as_of_ms: 60_000,
      half_life_ms: 3_600_000,
      kept: { rule: 'none', blocks: 0 },
      layout: {
        order: 'packed',
        extents_per_request: { arrival: 3, hottest: 4, packed: 2 },
        bytes_per_extent: 32_000,
      },
      quality: { quarantined: 0, duplicate_files: [], parent_conflicts: 0, out_of_order: 0 },
      wave_windows: [],
    },
  };
}

/** A comparison of two policies and the bound at two capacities, explained, with the tenants given. */
export function replayOf(tenants: readonly string[] = []): CacheReplay {
  const result = (policy: string, capacityBlocks: number, hitTokens: number) => ({
    policy,
    parameters: {},
    residency: 'closed' as const,
    hits: 'continuous' as const,
    capacityBlocks,
    capacityBytes: capacityBlocks * 16_000,
    hitBlocks: 1,
    hitTokens,
    hitRatio: hitTokens / 1000,
    evictions: 1,
    savedPrefillSeconds: hitTokens / 100,
  });
  const loss = { workload: 400, capacity: 100, eviction: 100, hitTokens: 400, inputTokens: 1000 };
  return {
    schema: 'cache-replay/1',
    trace: {
      requests: 12,
      blockReferences: 10,
      distinctBlocks: 3,
      inputTokens: 2000,
      blockSize: 16,
      tail: 'count',
    },
    window: { from: 0.5, requests: 6, inputTokens: 1000 },
    ceiling: { hitTokens: 600, ratio: 0.6 },
    results: [
      ...[100, 200].map((blocks) => result('lru', blocks, blocks)),
      ...[100, 200].map((blocks) => result('s3-fifo', blocks, 2 * blocks)),
      ...[100, 200].map((blocks) => result('optimum', blocks, 2.5 * blocks)),
    ],
    misses: [
      {
        policy: 's3-fifo',
        capacityBlocks: 200,
        blocks: { cold: 5, diverged: 3, elsewhere: 0, expired: 0, evicted: 2 },
        missedBlocks: 10,
        divergences: [{ block: HOSTILE[0], requests: 1, missedBlocks: 2 }],
      },
    ],
    losses: [
      { policy: 's3-fifo', capacityBlocks: 200, ...loss, isolation: 0, routing: {}, replicas: 1 },
    ],
    tenants: tenants.map((tenant, i) => ({
      policy: 's3-fifo',
      capacityBlocks: 200,
      tenant,
      requests: 1,
      inputTokens: 1000 + i,
      hitTokens: 100 + i,
      hitRatio: 0.1,
    })),
  };
}

/** Policies with the verdict given; `use` gains 3.1 points. */
export function policiesOf(
  verdict: 'use' | 'keep default',
  prefixes: readonly string[] = [],
): Policies {
  const figure = (policy: string, hit_tokens: number) => ({
    policy,
    parameters: {},
    hit_tokens,
    hit_ratio: hit_tokens / 1000,
    saved_prefill_seconds: hit_tokens / 10,
  });
  const window = (from: number, to: number) => ({ from, to, requests: 6, input_tokens: 1000 });
  const isUse = verdict === 'use';
  return {
    schema: 'policies/1',
    meta: {
      generator: 'test',
      inputs: [],
      format: 'mooncake',
      requests: 12,
      model: 'llama-3.1-8b',
      device: null,
      seed: 1,
    },
    cache: {
      policy: 's3-fifo',
      parameters: {},
      residency: 'closed',
      hits: 'continuous',
      capacity_blocks: 200,
      capacity_bytes: 3_200_000,
      block_size: 16,
      admission: null,
      table: null,
      pins: [],
      cohorts: prefixes.map((prefix) => ({ prefix, ttl_seconds: 120, priority: 50 })),
      windows: { tuned: window(0, 0.5), validated: window(0.3, 0.5), measured: window(0.5, 1) },
      candidates: [{ policy: 'lru', parameters: {}, hit_tokens: 10 }],
      default: figure('lru', 200),
      ours: isUse ? figure('s3-fifo', 231) : figure('lru', 200),
      optimum: figure('optimum', 500),
      ceiling: { hit_tokens: 600, hit_ratio: 0.6 },
      gain: isUse ? { hit_ratio: 0.031, standard_error: 0.004 } : null,
      verdict,
      reason: isUse ? 's3-fifo against lru' : 'nothing else was better than lru when choosing',
      engines: [],
    },
  };
}

/** A run of nothing, to be filled. */
export function runOf(documents: Partial<RunDocuments> = {}): RunDocuments {
  return {
    name: '2026-11-21',
    manifest: undefined,
    wavespec: undefined,
    wavespecAbsence: undefined,
    replay: undefined,
    lruCurve: undefined,
    ttlCurve: undefined,
    tiers: undefined,
    policies: undefined,
    comparison: undefined,
    quarantine: undefined,
    files: [],
    ...documents,
  };
}
