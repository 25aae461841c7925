import type { GeneratedRequest } from '../generate/generate-trace.ts';
import { tenantName } from './key-log.ts';
import { textParts } from './text-parts.ts';

/** What the fetched pages belong to. */
export interface PrefixEventOptions {
  readonly modelId: string;
  readonly layers: number;
  /** Bytes of one page in one layer. */
  readonly pageBytes: number;
}

const LATENCY_MILLIS = 0.05;
const BYTES_PER_MILLI = 20e6;

/**
 * Prefix events, one line a layer and a run of pages: the fetch of a request's shared head, a block's page being its id.
 * Requests without a full shared block have none. Latency is modelled: 0.05 ms and 20 GB/s.
 */
export function prefixEventLines(
  requests: Iterable<GeneratedRequest>,
  options: PrefixEventOptions,
): Iterable<Uint8Array> {
  return textParts(events(requests, options));
}

function* events(
  requests: Iterable<GeneratedRequest>,
  { modelId, layers, pageBytes }: PrefixEventOptions,
): Iterable<string> {
  for (const request of requests) {
    const head = request.blocks.slice(0, request.sharedBlocks);
    for (const { first, last } of consecutiveRuns(head)) {
      const bytes = (last - first + 1) * pageBytes;
      for (let layer = 0; layer < layers; layer++) {
        yield JSON.stringify({
          prefix_id: `prefix-${head[head.length - 1]}`,
          tenant: tenantName(request.tenant),
          model_id: modelId,
          layer,
          page_start: first,
          page_end: last,
          bytes,
          latency_ms: Math.round(1000 * (LATENCY_MILLIS + bytes / BYTES_PER_MILLI)) / 1000,
          timestamp_ms: request.timeMillis,
        });
      }
    }
  }
}

function* consecutiveRuns(pages: Uint32Array): Iterable<{ first: number; last: number }> {
  let begin = 0;
  for (let i = 1; i <= pages.length; i++) {
    if (i < pages.length && pages[i] === pages[i - 1] + 1) continue;
    yield { first: pages[begin], last: pages[i - 1] };
    begin = i;
  }
}
