import { blockBytesOf, type KvModel, prefillSeconds } from '@wavetune/cache-sizing';
import { shapeOf } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import { ratioOf } from './figures.ts';
import type { Ground, Result } from './replay-trace.ts';

/** The `cache-replay/1` document of simulations, curves, or both. */
export function documentOf(
  ground: Ground,
  results: readonly Result[],
  parts: Omit<CacheReplay, 'schema' | 'trace' | 'window' | 'ceiling' | 'results' | 'split'>,
): CacheReplay {
  const { trace, window, measureFrom, ceiling, model } = ground;
  const { columns, quality } = trace;
  const { requests, references, distinctBlocks } = shapeOf(columns);
  return {
    schema: 'cache-replay/1',
    trace: {
      requests,
      blockReferences: references,
      distinctBlocks,
      inputTokens: columns.inputTokens.reduce((sum, tokens) => sum + tokens, 0),
      blockSize: columns.blockSize,
      tail: quality.tail,
    },
    window: { from: measureFrom, requests: window.requests, inputTokens: window.inputTokens },
    ceiling: {
      hitTokens: ceiling.hitTokens,
      ratio: ratioOf(ceiling.hitTokens, window.inputTokens) ?? null,
    },
    split: splitOf(ground),
    results: results.map((result) => resultOf(result, columns.blockSize, model)),
    ...parts,
  };
}

function splitOf({ split }: Ground): NonNullable<CacheReplay['split']> | null {
  return split === undefined
    ? null
    : { by: split.by, caches: split.caches, routing: split.routing ?? null };
}

/** One simulation as the document has it. */
export function resultOf(
  result: Result,
  blockSize: number,
  model: KvModel | undefined,
): CacheReplay['results'][number] {
  const { policy, parameters, residency, hits, capacityBlocks } = result;
  return {
    policy,
    parameters,
    residency,
    hits,
    capacityBlocks,
    capacityBytes: model === undefined ? null : capacityBlocks * blockBytesOf(model, blockSize),
    hitBlocks: result.hitBlocks,
    hitTokens: result.hitTokens,
    hitRatio: ratioOf(result.hitTokens, result.inputTokens) ?? null,
    evictions: result.evictions ?? null,
    savedPrefillSeconds: savedSecondsOf(result, model) ?? null,
    ...(result.sample && { sample: result.sample }),
    ...(result.standardError !== undefined && { standardError: result.standardError }),
  };
}

/** Undefined without a model, and for loose hits, which need not be a prefix. */
export function savedSecondsOf(
  { hitTokens, hitTokensSquared }: Result,
  model: KvModel | undefined,
): number | undefined {
  if (model === undefined || hitTokensSquared === undefined) return undefined;
  return prefillSeconds(model.prefill, hitTokens, hitTokensSquared);
}
