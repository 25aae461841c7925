import { NONE } from '@wavetune/core';
import type { WaveSpec } from '@wavetune/documents';
import { blocksInPageOrder } from '@wavetune/prefix';
import { loggedExtents } from './logged-extents.ts';
import { metaOf } from './meta.ts';
import type { WaveSpecSource } from './wavespec-source.ts';

/** The document of a shaped trace. A figure that rests on bytes nobody named is null. */
export function buildWaveSpec(source: WaveSpecSource): WaveSpec {
  const { trace, shape, pageBytes } = source;
  const { nameOf } = trace.names;
  return {
    schema: 'wavespec/1',
    pack_order: Array.from(blocksInPageOrder(shape.forest, shape.layout), nameOf),
    cohorts: cohortsOf(source),
    extents: trace.pages === undefined ? extentsOf(source) : loggedExtents(trace, pageBytes),
    prefix_histogram: histogramOf(shape.prefixesByLength),
    pins: pinsOf(source),
    waves: shape.waves.map(({ wave }) => wave),
    meta: metaOf(source),
  };
}

function cohortsOf({ trace, shape, pageBytes }: WaveSpecSource): WaveSpec['cohorts'] {
  const { nameOf } = trace.names;
  const { kept, startPages } = shape.layout;
  return shape.cohorts.map((cohort) => ({
    prefix: nameOf(cohort.block),
    parent: cohort.parentBlock === undefined ? null : nameOf(cohort.parentBlock),
    depth: cohort.depth,
    blocks: cohort.blocks,
    tokens: cohort.tokens,
    count: cohort.count,
    bytes: pageBytes === undefined ? null : cohort.bytes,
    saved_tokens: cohort.savedTokens,
    tenants: cohort.tenants,
    first_seen_ms: cohort.firstSeenMillis,
    last_seen_ms: cohort.lastSeenMillis,
    score: cohort.score,
    reuse_interval_ms: cohort.reuseIntervalMillis ?? null,
    start_page: startPages[cohort.cohort] === NONE ? null : startPages[cohort.cohort],
    npages: kept[cohort.cohort],
  }));
}

/** One run of pages a cohort with kept blocks, in page order. */
function extentsOf({ trace, shape, pageBytes }: WaveSpecSource): WaveSpec['extents'] {
  const { starts } = shape.forest;
  const { kept, startPages } = shape.layout;
  return Array.from(kept.keys())
    .filter((cohort) => kept[cohort] > 0)
    .sort((a, b) => startPages[a] - startPages[b])
    .map((cohort) => ({
      start_page: startPages[cohort],
      npages: kept[cohort],
      bytes: pageBytes === undefined ? null : kept[cohort] * pageBytes,
      cohort: trace.names.nameOf(starts[cohort + 1] - 1),
    }));
}

function histogramOf(prefixesByLength: Uint32Array): WaveSpec['prefix_histogram'] {
  return Object.fromEntries(
    Array.from(prefixesByLength.entries())
      .filter(([, prefixes]) => prefixes > 0)
      .map(([length, prefixes]) => [String(length), prefixes]),
  );
}

function pinsOf({ trace, shape }: WaveSpecSource): WaveSpec['pins'] {
  const { pins } = shape;
  if (pins === undefined) return null;
  return {
    method: pins.method,
    budget_bytes: pins.budgetBytes,
    bytes: pins.bytes,
    blocks: pins.blocks,
    saved_tokens: pins.savedTokens,
    bound_saved_tokens: pins.boundSavedTokens,
    prefixes: Array.from(pins.tips, trace.names.nameOf),
  };
}
