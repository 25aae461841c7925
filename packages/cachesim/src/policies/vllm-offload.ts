import type { TraceColumns } from '@wavetune/core';
import { arc } from './arc.ts';
import { lru } from './lru.ts';
import { partialBlockOf } from './partial-block.ts';
import { type EvictionPolicy, numberOf, type PolicySetting, type PolicySpec } from './policy.ts';

/**
 * vLLM's host memory behind the GPU cache (`OffloadingConnector`): LRU or ARC over full blocks, any of which may leave. With
 * `storeThreshold` n a block is stored from the n-th request on that asks for it; below 2 all are stored.
 *
 * Deviations: the GPU cache in front is left out, so this is the hit rate of host memory alone, and the count of requests
 * is kept for every block, not for the last 64,000.
 */
export const vllmOffload: PolicySpec = {
  name: 'vllm-offload',
  source: 'vLLM, v1 KV offloading: LRU and ARC managers, store threshold',
  parameters: [
    {
      kind: 'choice',
      name: 'eviction',
      meaning: 'as eviction_policy',
      initial: 'lru',
      choices: ['lru', 'arc'],
    },
    {
      kind: 'number',
      name: 'storeThreshold',
      meaning: 'requests for a block from which it is stored, as store_threshold',
      initial: 0,
      least: 0,
      most: 1e6,
      whole: true,
    },
  ],
  touch: 'last-to-first',
  create(setting) {
    const inner = (setting.parameters.eviction === 'arc' ? arc : lru).create(setting);
    return storingFrom(inner, setting);
  },
};

function storingFrom(
  inner: EvictionPolicy,
  { columns, parameters }: PolicySetting,
): EvictionPolicy {
  const threshold = numberOf(parameters, 'storeThreshold');
  const requests = new Uint32Array(columns.parents.length);
  let partial = 0;
  const isStored = (block: number): boolean => block !== partial && requests[block] >= threshold;
  return {
    ...inner,
    onRequest(request) {
      partial = partialBlockOf(columns, request);
      countRequest(columns, request, requests);
      inner.onRequest?.(request);
    },
    onMiss(block) {
      if (isStored(block)) inner.onMiss?.(block);
    },
    admits: isStored,
  };
}

function countRequest(
  { offsets, blocks }: TraceColumns,
  request: number,
  requests: Uint32Array,
): void {
  for (let i = offsets[request]; i < offsets[request + 1]; i++) requests[blocks[i]]++;
}
