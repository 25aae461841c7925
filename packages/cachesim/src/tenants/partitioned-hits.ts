import type { RequestRange, TraceColumns } from '@wavetune/core';
import { selectRequests } from '../sampling/select-requests.ts';
import { hitTokensOf, type PolicyChoice, requestHits } from '../statistics/request-hits.ts';

/**
 * Hit blocks of every request where each part of the requests has a cache of its own; shape `[requests]`.
 *
 * @param parts - Cache of each request (a replica, a tenant); shape `[requests]`.
 * @param choice - `capacityBlocks` is that of each cache.
 */
export function partitionedHits(
  columns: TraceColumns,
  parts: Uint32Array,
  choice: PolicyChoice,
): Uint32Array {
  const hits = new Uint32Array(parts.length);
  const members = new Map<number, number[]>();
  parts.forEach((part, request) => {
    const known = members.get(part);
    if (known === undefined) members.set(part, [request]);
    else known.push(request);
  });
  for (const requests of members.values()) {
    const own = requestHits(selectRequests(columns, Uint32Array.from(requests)), choice);
    requests.forEach((request, i) => {
      hits[request] = own[i];
    });
  }
  return hits;
}

/** Hits of one tenant in the measured window. */
export interface TenantHits {
  readonly tenant: number;
  readonly requests: number;
  readonly inputTokens: number;
  readonly hitTokens: number;
  /** Undefined for a tenant without tokens. */
  readonly hitRatio: number | undefined;
}

/** Hits by tenant, ascending; tenants without a measured request are left out. */
export function hitsByTenant(
  columns: TraceColumns,
  hits: Uint32Array,
  measured: RequestRange,
): readonly TenantHits[] {
  const tokens = hitTokensOf(columns, hits);
  const sums = new Map<number, { requests: number; inputTokens: number; hitTokens: number }>();
  for (let r = measured.begin; r < measured.end; r++) {
    const sum = sums.get(columns.tenants[r]) ?? { requests: 0, inputTokens: 0, hitTokens: 0 };
    sum.requests++;
    sum.inputTokens += columns.inputTokens[r];
    sum.hitTokens += tokens[r];
    sums.set(columns.tenants[r], sum);
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([tenant, sum]) => ({
      tenant,
      ...sum,
      hitRatio: sum.inputTokens > 0 ? sum.hitTokens / sum.inputTokens : undefined,
    }));
}
