import type { GeneratedRequest } from '../generate/generate-trace.ts';
import { textParts } from './text-parts.ts';

/** How a key log is written. */
export interface KeyLogOptions {
  readonly layout: 'jsonl' | 'csv';
  /** KV bytes a token: a row's `size` is what its prompt takes. */
  readonly bytesPerToken: number;
}

/**
 * A row a request with the columns `key, size, timestamp, tenant`: what a store of whole sessions would log. Keys are
 * paths, `tenant-03/chat/session-000017`; times are milliseconds.
 */
export function keyLogLines(
  requests: Iterable<GeneratedRequest>,
  options: KeyLogOptions,
): Iterable<Uint8Array> {
  return textParts(
    options.layout === 'csv' ? csvLines(requests, options) : jsonLines(requests, options),
  );
}

function* csvLines(requests: Iterable<GeneratedRequest>, options: KeyLogOptions): Iterable<string> {
  yield 'key,size,timestamp,tenant';
  for (const request of requests) yield Object.values(rowOf(request, options)).join(',');
}

function* jsonLines(
  requests: Iterable<GeneratedRequest>,
  options: KeyLogOptions,
): Iterable<string> {
  for (const request of requests) yield JSON.stringify(rowOf(request, options));
}

function rowOf(request: GeneratedRequest, { bytesPerToken }: KeyLogOptions) {
  const tenant = tenantName(request.tenant);
  return {
    key: `${tenant}/${request.workload}/session-${String(request.session).padStart(6, '0')}`,
    size: request.inputTokens * bytesPerToken,
    timestamp: request.timeMillis,
    tenant,
  };
}

/** `tenant-03` */
export function tenantName(tenant: number): string {
  return `tenant-${String(tenant).padStart(2, '0')}`;
}
