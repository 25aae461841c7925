import { formatCount, formatSize } from '@wavetune/core';
import type { DatajaxWaveSpec, WaveSpec } from '@wavetune/documents';

/** What `--json` prints: the figures that a script wants without reading the document. */
export function summaryOf(spec: WaveSpec, out: string) {
  const { meta } = spec;
  return {
    format: meta.format,
    requests: meta.requests,
    blockReferences: meta.block_references,
    distinctBlocks: meta.distinct_blocks,
    inputTokens: meta.input_tokens,
    ceilingHitTokens: meta.ceiling_hit_tokens,
    blockSize: meta.block_size,
    tail: meta.tail,
    extentsPerRequest: meta.layout.extents_per_request,
    cohorts: spec.cohorts.length,
    extents: spec.extents.length,
    keptBlocks: meta.kept.blocks,
    pins: spec.pins && {
      method: spec.pins.method,
      blocks: spec.pins.blocks,
      bytes: spec.pins.bytes,
      savedTokens: spec.pins.saved_tokens,
      boundSavedTokens: spec.pins.bound_saved_tokens,
    },
    waves: spec.waves.length,
    quarantined: meta.quality.quarantined,
    duplicateFiles: meta.quality.duplicate_files,
    parentConflicts: meta.quality.parent_conflicts,
    outOfOrder: meta.quality.out_of_order,
    out,
  };
}

/** The same of a datajax document; what it does not know is null. */
export function datajaxSummaryOf(spec: DatajaxWaveSpec, out: string) {
  return {
    format: 'keys',
    requests: spec.meta.row_count,
    blockReferences: null,
    distinctBlocks: null,
    inputTokens: null,
    ceilingHitTokens: null,
    extentsPerRequest: null,
    cohorts: spec.cohorts.length,
    extents: spec.extents.length,
    waves: 0,
    quarantined: 0,
    duplicateFiles: [],
    parentConflicts: 0,
    out,
  };
}

/** What a person reads at the end: what was found, what is worth keeping, what is odd about the log, where the file is. */
export function describeSpec(spec: WaveSpec, out: string): readonly string[] {
  return [
    ...describeTrace(spec),
    ...describeLayout(spec),
    ...describeQuality(spec),
    `wrote     ${out}`,
  ];
}

function describeTrace({ meta }: WaveSpec): readonly string[] {
  const hasTokens = meta.block_size > 1;
  const blocks = hasTokens ? `blocks of ${meta.block_size} tokens` : 'blocks';
  const share =
    meta.input_tokens === 0 ? '' : ` (${percent(meta.ceiling_hit_tokens / meta.input_tokens)})`;
  return [
    `read      ${formatCount(meta.requests)} requests, ${formatCount(meta.block_references)} block references, ` +
      `${formatCount(meta.distinct_blocks)} distinct ${blocks} (${meta.format}, tail: ${meta.tail})`,
    `ceiling   ${formatCount(meta.ceiling_hit_tokens)} of ${formatCount(meta.input_tokens)} ` +
      `${hasTokens ? 'prompt tokens' : 'references'}${share} would be hits in a cache without limits`,
  ];
}

function describeLayout(spec: WaveSpec): readonly string[] {
  const { arrival, hottest, packed } = spec.meta.layout.extents_per_request;
  const lines = [
    `cohorts   ${formatCount(spec.cohorts.length)} shared prefixes kept, ${formatCount(spec.meta.kept.blocks)} blocks (${spec.meta.kept.rule})`,
  ];
  if (arrival !== null && hottest !== null && packed !== null) {
    lines.push(
      `layout    ${packed.toFixed(3)} extents a request; in order of arrival ${arrival.toFixed(3)}, hottest first ${hottest.toFixed(3)}`,
    );
  }
  if (spec.pins !== null) {
    const { method, blocks, bytes, budget_bytes, saved_tokens, bound_saved_tokens } = spec.pins;
    const bound =
      method === 'exact'
        ? 'the most possible'
        : `at most ${formatCount(bound_saved_tokens)} possible`;
    lines.push(
      `pins      ${formatCount(blocks)} blocks, ${formatSize(bytes)} of ${formatSize(budget_bytes)}, ` +
        `save ${formatCount(saved_tokens)} tokens (${method}; ${bound})`,
    );
  }
  if (spec.waves.length > 0) lines.push(`waves     ${formatCount(spec.waves.length)}`);
  else if (spec.meta.page_bytes === null) {
    lines.push('waves     none: what a page takes is unknown; give --model or --page-bytes');
  }
  return lines;
}

function describeQuality({ meta: { quality } }: WaveSpec): readonly string[] {
  const findings: readonly (readonly [count: number, text: string])[] = [
    [quality.quarantined, 'bad records, set aside'],
    [
      quality.duplicate_files.length,
      `files that repeat another, left out: ${quality.duplicate_files.join(', ')}`,
    ],
    [
      quality.parent_conflicts,
      'references to an id under another parent, taken for blocks of their own',
    ],
    [quality.out_of_order, 'requests out of order in time, sorted'],
  ];
  return findings
    .filter(([count]) => count > 0)
    .map(([count, text]) => `note      ${formatCount(count)} ${text}`);
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}
