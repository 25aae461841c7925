import { shapeOf, WAVETUNE_VERSION } from '@wavetune/core';
import type { WaveSpec } from '@wavetune/documents';
import type { ReadTrace } from '@wavetune/ingest';
import { keyRowsPlan } from '@wavetune/trace';
import type { WaveSpecSource } from './wavespec-source.ts';

/** Where the document comes from, and the figures of the whole trace. */
export function metaOf(source: WaveSpecSource): WaveSpec['meta'] {
  const { trace, shape, settings, raw, pageBytes } = source;
  const { requests, references, distinctBlocks } = shapeOf(trace.columns);
  const { quality } = trace;
  const isKeyLog = quality.format === 'keys';
  return {
    ...DATAJAX_BLANKS,
    row_count: requests,
    approx_bytes: trace.bytes === undefined ? null : Math.round(sum(trace.bytes)),
    ...keyColumnsOf(trace),
    prefix_len: isKeyLog && raw['prefix-mode'] === 'bytes' ? raw['prefix-len'] : null,
    generator: `wavetune ${WAVETUNE_VERSION}`,
    inputs: source.inputs,
    format: quality.format,
    block_size: quality.blockSize,
    tail: quality.tail,
    namespaced: quality.namespaced,
    requests,
    block_references: references,
    distinct_blocks: distinctBlocks,
    input_tokens: sum(trace.columns.inputTokens),
    ceiling_hit_tokens: shape.ceilingHitTokens,
    model: settings.model?.name ?? null,
    bytes_per_token: settings.model?.bytesPerToken ?? null,
    page_bytes: pageBytes ?? null,
    as_of_ms: shape.asOfMillis,
    half_life_ms: settings.halfLifeMillis,
    kept: { rule: keptRule(source), blocks: shape.layout.pages },
    layout: layoutOf(source),
    quality: {
      quarantined: quality.quarantined,
      duplicate_files: quality.duplicateFiles.map(({ file }) => file),
      parent_conflicts: quality.parentConflicts,
      out_of_order: quality.outOfOrder,
    },
    wave_windows: shape.waves.map(({ beginMillis, requests: inWindow }) => ({
      begin_ms: beginMillis,
      requests: inWindow,
    })),
  };
}

/** Fields of the datajax shape that say nothing here. */
const DATAJAX_BLANKS = {
  page_bits: null,
  chunk_len_column: null,
  chunk_len_summary: {},
  window_column: null,
  window_summary: {},
} as const;

function keptRule({ shape, settings }: WaveSpecSource): string {
  if (shape.pins !== undefined) return 'the blocks that save most tokens within the memory';
  return Number.isFinite(settings.topK)
    ? `the ${settings.topK} cohorts that save most tokens, and their ancestors`
    : 'every cohort that saves tokens, and its ancestors';
}

function layoutOf({ shape, pageBytes }: WaveSpecSource): WaveSpec['meta']['layout'] {
  const { arrival, hottest, packed } = shape.extents;
  return {
    order: 'packed: depth-first, the most-travelled child first',
    extents_per_request: {
      arrival: arrival.meanExtents ?? null,
      hottest: hottest.meanExtents ?? null,
      packed: packed.meanExtents ?? null,
    },
    bytes_per_extent:
      pageBytes === undefined || packed.extents === 0
        ? null
        : (packed.pageReads * pageBytes) / packed.extents,
  };
}

function sum(values: Float64Array | Uint32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** As the log itself calls them, whoever found them. */
function keyColumnsOf({
  source: { format, options, samples },
}: ReadTrace): Pick<WaveSpec['meta'], 'key_column' | 'size_column'> {
  if (format.name !== 'keys') return { key_column: null, size_column: null };
  const { keyName, sizeName } = keyRowsPlan([samples[0].path], options, samples[0]);
  return { key_column: keyName, size_column: sizeName ?? null };
}
