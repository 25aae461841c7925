import fc from 'fast-check';
import type { z } from 'zod';
import { WAVE_TILES } from '../src/index.ts';
import type { waveSpecSchema } from '../src/wavespec/wave-spec.ts';

/** A document that a test may break. */
export type MutableSpec = z.infer<typeof waveSpecSchema>;

const PAGE_BYTES = 2 ** 21;

/** A lawful document of `cohorts` cohorts of `blocks` blocks each, every block kept. */
export function sampleSpec(cohorts: number, blocks: number): MutableSpec {
  const pages = cohorts * blocks;
  const bytes = blocks * PAGE_BYTES;
  return {
    schema: 'wavespec/1',
    pack_order: Array.from({ length: pages }, (_, page) => `${page * 7}`),
    cohorts: Array.from({ length: cohorts }, (_, i) => ({
      prefix: `${(i * blocks + blocks - 1) * 7}`,
      parent: null,
      depth: blocks,
      blocks,
      tokens: blocks * 16,
      count: 2,
      bytes,
      saved_tokens: blocks * 16,
      tenants: 1,
      first_seen_ms: 0,
      last_seen_ms: 1000.5,
      score: 1.25 + i,
      reuse_interval_ms: { median: 1000.5, p90: 1000.5 },
      start_page: i * blocks,
      npages: blocks,
    })),
    extents: Array.from({ length: cohorts }, (_, i) => ({
      start_page: i * blocks,
      npages: blocks,
      bytes,
      cohort: `${(i * blocks + blocks - 1) * 7}`,
    })),
    prefix_histogram: { [blocks]: cohorts },
    pins: {
      method: 'exact',
      budget_bytes: 2 ** 40,
      bytes: pages * PAGE_BYTES,
      blocks: pages,
      saved_tokens: pages * 16,
      bound_saved_tokens: pages * 16,
      prefixes: [],
    },
    waves: [sampleWave(0, pages)],
    meta: { ...sampleMeta(cohorts * 2), kept: { rule: 'pins', blocks: pages } },
  };
}

/** BCache's own example of a wave, over the first pages and with one of the tiles it accepts. */
export function sampleWave(tile: number, pages: number): MutableSpec['waves'][number] {
  const { bm, bn, bk, stage_n, cluster_shape } = WAVE_TILES[tile];
  return {
    pack_order: [0, 2, 1],
    tile_order: [
      [0, 0],
      [0, 1],
    ],
    bm,
    bn,
    bk,
    cluster_shape: [...cluster_shape],
    tmem_layout: { columns: 8, phases: 4, double_buffer: true, stage_n },
    io_extents: [['0', 0, pages - 1]],
    swap_window: [1, 3],
  };
}

function sampleMeta(requests: number): Omit<MutableSpec['meta'], 'kept'> {
  return {
    page_bits: null,
    row_count: requests,
    approx_bytes: null,
    key_column: null,
    size_column: null,
    prefix_len: null,
    chunk_len_column: null,
    chunk_len_summary: {},
    window_column: null,
    window_summary: {},
    generator: 'wavetune test',
    inputs: [{ path: 'trace.jsonl', bytes: 10 }],
    format: 'mooncake',
    block_size: 16,
    tail: 'count',
    namespaced: false,
    requests,
    block_references: 10,
    distinct_blocks: 10,
    input_tokens: 160,
    ceiling_hit_tokens: 80,
    model: 'llama-3.1-8b',
    bytes_per_token: 131_072,
    page_bytes: PAGE_BYTES,
    as_of_ms: 1000.5,
    half_life_ms: 3_600_000,
    layout: {
      order: 'heavy-path',
      extents_per_request: { arrival: 1, hottest: 1, packed: 1 },
      bytes_per_extent: PAGE_BYTES,
    },
    quality: { quarantined: 0, duplicate_files: [], parent_conflicts: 0, out_of_order: 0 },
    wave_windows: [{ begin_ms: 0, requests: 3 }],
  };
}

/** Lawful documents of any small size. */
export const specs = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 }), fc.nat(3))
  .map(([cohorts, blocks, tile]) => ({
    ...sampleSpec(cohorts, blocks),
    waves: [sampleWave(tile, cohorts * blocks)],
  }));
