import { type Routing, routeRequests } from '@wavetune/cachesim';
import { shapeOf, type TraceColumns } from '@wavetune/core';
import type { RawOptions } from './options.ts';

/** Several caches in place of one, together as large. */
export interface Split {
  readonly by: 'tenants' | 'replicas';
  readonly caches: number;
  readonly routing: Routing | undefined;
  /** Cache of each request; shape `[requests]`. */
  readonly parts: Uint32Array;
}

/** A cache for each tenant or for each replica; undefined for one cache. */
export function splitOf(
  raw: Pick<RawOptions, 'tenants' | 'replicas' | 'routing'>,
  columns: TraceColumns,
): Split | undefined {
  if (raw.tenants === 'partitioned') {
    const caches = shapeOf(columns).requests === 0 ? 1 : new Set(columns.tenants).size;
    return { by: 'tenants', caches, routing: undefined, parts: columns.tenants };
  }
  if (raw.replicas === 1) return undefined;
  const { routing, replicas } = raw;
  return {
    by: 'replicas',
    caches: replicas,
    routing,
    parts: routeRequests(columns, routing, replicas),
  };
}

/** What each cache of a split holds: an equal share, at least one block. */
export function shareOf(split: Split | undefined, capacityBlocks: number): number {
  return split === undefined
    ? capacityBlocks
    : Math.max(1, Math.floor(capacityBlocks / split.caches));
}
