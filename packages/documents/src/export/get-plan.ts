import { canonicalJsonParts } from '@wavetune/core';
import { z } from 'zod';
import { amount, count, positiveCount } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import type { WaveSpec } from '../wavespec/wave-spec.ts';
import { type ExportFormat, type ExportOptions, requireWaveSpec } from './export-format.ts';
import { type Fetch, type FetchList, fetchesOf } from './fetches.ts';

const STORAGE = 0;
const HOST = 1;
/** The planner drops smaller reads; its own default. */
const MIN_IO_BYTES = 524_288;
const BYTES_A_MILLI = 1e6;

const request = z.strictObject({
  req_id: count,
  node: z.string(),
  model_id: z.string(),
  model_version: z.string(),
  prefix_id: z.string(),
  layer: count,
  page_start: count,
  page_end: count,
  tier_src: count,
  tier_dst: count,
  deadline_ms: count,
  page_bytes: positiveCount,
  tenant: z.string(),
  est_fill_ms: count,
});

/** The payload of BCache's `POST /get_plan`. Tiers: 0 storage, 1 CPU, 2 GPU. `heat` is joined on `page_start` only. */
export const getPlanSchema = z.strictObject({
  now_ms: count,
  requests: z.array(request),
  heat: z.array(
    z.strictObject({ layer: count, page_id: count, decay_hits: count, tenant_weight: amount }),
  ),
  tier_caps: z.array(z.strictObject({ tier: count, bandwidth_caps: count, free_bytes: count })),
  tenant_caps: z.array(z.strictObject({ tenant: z.string(), tier: count, bandwidth_caps: count })),
  layer_lat: z.array(z.strictObject({ layer: count, lat_ms: amount })),
  knobs: z.record(z.string(), z.union([z.number(), z.boolean()])),
});

type GetPlan = ReadonlyDeep<z.infer<typeof getPlanSchema>>;

/**
 * One request an extent, storage → host, at the trace's end. Deadlines follow the document's order at full bandwidth,
 * so that the planner, which goes by the earliest deadline, fetches what saves most first. Caps are bytes a window.
 */
export const getPlanFormat: ExportFormat = {
  name: 'get-plan',
  summary: "the payload of BCache's POST /get_plan",
  encode(spec, options) {
    return canonicalJsonParts(toGetPlan(requireWaveSpec(spec, 'get-plan'), options), 2);
  },
};

function toGetPlan(spec: WaveSpec, options: ExportOptions): GetPlan {
  const list = fetchesOf(spec, 'get-plan');
  const nowMillis = Math.max(0, Math.ceil(spec.meta.as_of_ms ?? 0));
  const windowBytes = Math.floor(options.gigabytesPerSecond * BYTES_A_MILLI * options.windowMillis);
  const totalBytes = list.fetches.reduce((sum, fetch) => sum + fetch.sizeBytes, 0);
  const layers = [...new Set(list.fetches.map((fetch) => fetch.layer))].sort((a, b) => a - b);
  return {
    now_ms: nowMillis,
    requests: toRequests(spec, list, { ...options, nowMillis }),
    heat: list.fetches.map(toHeat),
    tier_caps: [
      {
        tier: HOST,
        bandwidth_caps: windowBytes,
        free_bytes: spec.pins?.budget_bytes ?? totalBytes,
      },
    ],
    tenant_caps: [{ tenant: options.tenant, tier: HOST, bandwidth_caps: windowBytes }],
    layer_lat: layers.map((layer) => ({ layer, lat_ms: 1 })),
    knobs: { pmin: 1, umin: 0, min_io_bytes: MIN_IO_BYTES, window_ms: options.windowMillis },
  };
}

function toRequests(
  spec: WaveSpec,
  list: FetchList,
  options: ExportOptions & { readonly nowMillis: number },
): GetPlan['requests'] {
  const bytesPerMilli = options.gigabytesPerSecond * BYTES_A_MILLI;
  let queuedBytes = 0;
  return list.fetches.map((fetch, id) => {
    queuedBytes += fetch.sizeBytes;
    return {
      req_id: id,
      node: options.node,
      model_id: spec.meta.model ?? 'unknown',
      model_version: options.modelVersion,
      prefix_id: fetch.prefix,
      layer: fetch.layer,
      page_start: fetch.startPage,
      page_end: fetch.startPage + fetch.pages - 1,
      tier_src: STORAGE,
      tier_dst: HOST,
      deadline_ms: options.nowMillis + Math.ceil(queuedBytes / bytesPerMilli),
      page_bytes: list.pageBytes,
      tenant: options.tenant,
      est_fill_ms: Math.max(1, Math.ceil(fetch.sizeBytes / bytesPerMilli)),
    };
  });
}

function toHeat(fetch: Fetch): GetPlan['heat'][number] {
  return {
    layer: fetch.layer,
    page_id: fetch.startPage,
    decay_hits: Math.round(fetch.cohort?.score ?? 0),
    tenant_weight: 1,
  };
}
