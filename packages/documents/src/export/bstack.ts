import { canonicalJsonParts, sha256Hex } from '@wavetune/core';
import { z } from 'zod';
import { count, positiveCount } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import type { WaveSpec } from '../wavespec/wave-spec.ts';
import { type ExportFormat, type ExportOptions, requireWaveSpec } from './export-format.ts';
import { type Fetch, fetchesOf } from './fetches.ts';

const pageRef = z.strictObject({ tensor: z.string(), page: count, head: count, layer: count });

/** BStack's CachePlan. */
export const cachePlanSchema = z.strictObject({
  plan_id: z.string(),
  ops: z.array(
    z.strictObject({
      kind: z.enum(['H2D', 'D2H', 'P2P', 'STORAGE2H']),
      src: z.string(),
      dst: z.string(),
      length: positiveCount,
      src_offset: count,
      dst_offset: count,
      kv_refs: z.array(pageRef),
      note: z.string().nullable(),
    }),
  ),
  prefetch: z.array(pageRef),
  evict: z.array(pageRef),
});

type CachePlan = ReadonlyDeep<z.infer<typeof cachePlanSchema>>;

/**
 * One STORAGE2H copy an extent, each page of it named; `prefetch` names the pages of the pin set, and nothing is evicted.
 * The plan's id is a digest of the page order, so that the same layout has the same id.
 */
export const bstackFormat: ExportFormat = {
  name: 'bstack',
  summary: "BStack's CachePlan",
  encode(spec, options) {
    return canonicalJsonParts(toCachePlan(requireWaveSpec(spec, 'bstack'), options), 2);
  },
};

function toCachePlan(spec: WaveSpec, options: ExportOptions): CachePlan {
  const { fetches, pageBytes } = fetchesOf(spec, 'bstack');
  const pinned = spec.pins === null ? [] : fetches.filter((fetch) => fetch.cohort !== undefined);
  return {
    plan_id: `wavespec-${sha256Hex(spec.pack_order.join('\n')).slice(0, 12)}`,
    ops: fetches.map((fetch, cluster) => ({
      kind: 'STORAGE2H',
      src: `tier://${options.node}/tier0`,
      dst: `tier://${options.node}/tier1`,
      length: fetch.sizeBytes,
      src_offset: fetch.startPage * pageBytes,
      dst_offset: fetch.startPage * pageBytes,
      kv_refs: pagesOf(fetch),
      note: `cluster=${cluster} fanout=${fetch.cohort?.count ?? 1}`,
    })),
    prefetch: pinned.flatMap(pagesOf),
    evict: [],
  };
}

function pagesOf(fetch: Fetch): CachePlan['prefetch'] {
  return Array.from({ length: fetch.pages }, (_, i) => ({
    tensor: 'kv',
    page: fetch.startPage + i,
    head: 0,
    layer: fetch.layer,
  }));
}
