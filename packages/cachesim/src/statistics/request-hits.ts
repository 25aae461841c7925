import { shapeOf, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { parametersOf } from '../policies/parameters.ts';
import type { ParameterValues, PolicyInputs, PolicySpec } from '../policies/policy.ts';
import { checkCapacity } from '../replay/replay-request.ts';
import { createResidentSet } from '../replay/resident-set.ts';
import { runClosed } from '../replay/run-closed.ts';

/** A policy with what it is told, for replays that are looked at request by request. */
export interface PolicyChoice {
  readonly spec: PolicySpec;
  readonly capacityBlocks: number;
  readonly parameters?: ParameterValues;
  readonly inputs?: PolicyInputs;
}

/**
 * Hit blocks of every request under closed residency; shape `[requests]`. The cache is cold at request 0.
 *
 * @throws WavetuneError `cachesim.bad-capacity`, `cachesim.unknown-parameter`, `cachesim.bad-parameter`
 */
export function requestHits(columns: TraceColumns, choice: PolicyChoice): Uint32Array {
  const { spec, inputs = {} } = choice;
  const parameters = parametersOf(spec, choice.parameters ?? {});
  checkCapacity(choice.capacityBlocks);
  const capacityBlocks =
    spec.usableBlocks?.(choice.capacityBlocks, columns, parameters) ?? choice.capacityBlocks;
  const { requests, distinctBlocks } = shapeOf(columns);
  const hits = new Uint32Array(requests);
  const set = createResidentSet(distinctBlocks, capacityBlocks, columns.parents);
  const policy = spec.create({
    columns,
    capacityBlocks,
    held: set.held,
    parameters,
    inputs,
    loose: false,
  });
  let current = 0;
  const counting = {
    ...policy,
    onRequest(request: number): void {
      current = request;
      policy.onRequest?.(request);
    },
    onHit(block: number): void {
      hits[current]++;
      policy.onHit(block);
    },
  };
  runClosed({ columns, spec, policy: counting, set, measureFrom: requests });
  if (spec.hitLimit !== undefined) {
    for (let r = 0; r < requests; r++) hits[r] = Math.min(hits[r], spec.hitLimit(columns, r));
  }
  return hits;
}

/** Tokens that `hits` blocks of each request hold; shape `[requests]`. */
export function hitTokensOf(columns: TraceColumns, hits: Uint32Array): Float64Array {
  return Float64Array.from(hits, (blocks, request) => tokensOfPrefix(columns, request, blocks));
}
