import { shapeOf, type TraceColumns } from '@wavetune/core';
import { runClosedKernel } from '../kernels/closed-kernels.ts';
import { KERNELS } from '../kernels/kernel-table.ts';
import { runLruChains } from '../kernels/lru-chains.ts';
import { closedOptimum } from '../optimum/closed-optimum.ts';
import { parametersOf } from '../policies/parameters.ts';
import type { PolicySpec } from '../policies/policy.ts';
import { isEvictionPolicy, policyOf } from '../policies/policy-table.ts';
import { linkReferences, type ReferenceIndex } from '../trace-index/next-use.ts';
import type { RequestObserver } from './policy-run.ts';
import {
  checkCapacity,
  measuredWindow,
  type ReplayRequest,
  type ReplayResult,
} from './replay-request.ts';
import { createResidentSet } from './resident-set.ts';
import { runClosed } from './run-closed.ts';
import { runFree } from './run-free.ts';
import { runKernel } from './run-kernel.ts';
import { runReferences } from './run-references.ts';
import type { Tally } from './tally.ts';

/** A request with nothing left out. */
type CheckedRequest = Required<Omit<ReplayRequest, 'policy'>>;

/**
 * Replays a trace through one cache.
 *
 * The answer depends on the columns and the request alone. Under free residency with independent hits every reference is
 * a request of its own, as in libCacheSim; otherwise whole requests are replayed. Under closed residency both ways of
 * counting hits agree.
 *
 * @param references - Of `columns.blocks`, for what looks ahead or back; linked here where left out and wanted.
 * @throws WavetuneError `cachesim.bad-capacity`, `cachesim.empty-window`, `cachesim.length-only`,
 *   `cachesim.unknown-policy`, `cachesim.unknown-parameter`, `cachesim.bad-parameter`
 */
export function replay(
  columns: TraceColumns,
  request: ReplayRequest,
  references?: ReferenceIndex,
): ReplayResult {
  return replayObserved(columns, request, { references });
}

/** What a replay can be given beside what decides its answer. */
export interface ReplayAids {
  /** Of `columns.blocks`; linked where left out and wanted. */
  readonly references?: ReferenceIndex | undefined;
  /** Told the hits of every request; not under free residency with independent hits, where there are no requests. */
  readonly observe?: RequestObserver | undefined;
  /** Runs in place of the policy that the request names: one made for this trace. */
  readonly spec?: PolicySpec | undefined;
}

/** As {@link replay}, watched request by request. */
export function replayObserved(
  columns: TraceColumns,
  request: ReplayRequest,
  { references, observe, spec }: ReplayAids,
): ReplayResult {
  const policy = spec ?? policyOf(request.policy);
  const checked: CheckedRequest = {
    capacityBlocks: request.capacityBlocks,
    residency: request.residency ?? 'closed',
    hits: request.hits ?? 'continuous',
    measureFrom: request.measureFrom ?? 0,
    parameters: parametersOf(policy, request.parameters ?? {}),
    inputs: request.inputs ?? {},
  };
  const { capacityBlocks, residency, hits, measureFrom, parameters } = checked;
  checkCapacity(capacityBlocks);
  const window = measuredWindow(columns, measureFrom);
  const linked = (): ReferenceIndex =>
    references ?? linkReferences(columns.blocks, shapeOf(columns).distinctBlocks);
  const tally =
    runByKernel(columns, policy.name, checked, { references: linked, observe }) ??
    (isEvictionPolicy(policy)
      ? runByPolicy(columns, policy, checked, observe)
      : closedOptimum({ columns, capacityBlocks, measureFrom, references: linked(), observe }));
  return { policy: policy.name, parameters, capacityBlocks, residency, hits, ...window, ...tally };
}

function isLoose({ residency, hits }: CheckedRequest): boolean {
  return residency === 'free' && hits === 'independent';
}

function runByKernel(
  columns: TraceColumns,
  policy: string,
  request: CheckedRequest,
  {
    references,
    observe,
  }: { readonly references: () => ReferenceIndex } & Pick<ReplayAids, 'observe'>,
): Tally | undefined {
  if (!isLoose(request)) return runChainKernel(columns, policy, request, observe);
  const { distinctBlocks } = shapeOf(columns);
  const kernel = KERNELS.get(policy)?.({
    blocks: columns.blocks,
    distinctBlocks,
    capacityBlocks: request.capacityBlocks,
    parameters: request.parameters,
    references,
  });
  return kernel && runKernel(columns, kernel, request.measureFrom);
}

function runChainKernel(
  columns: TraceColumns,
  policy: string,
  { capacityBlocks, residency, measureFrom, parameters }: CheckedRequest,
  observe: RequestObserver | undefined,
): Tally | undefined {
  if (residency === 'free') return undefined;
  if (policy === 'lru') return runLruChains({ columns, capacityBlocks, measureFrom, observe });
  return runClosedKernel({ columns, policy, capacityBlocks, parameters, measureFrom, observe });
}

/** The generic frame, which every policy runs in. */
export function runByPolicy(
  columns: TraceColumns,
  spec: PolicySpec,
  request: CheckedRequest,
  observe?: RequestObserver,
): Tally {
  const { parameters, measureFrom, residency, inputs } = request;
  const capacityBlocks =
    spec.usableBlocks?.(request.capacityBlocks, columns, parameters) ?? request.capacityBlocks;
  const parents = residency === 'closed' ? columns.parents : undefined;
  const set = createResidentSet(shapeOf(columns).distinctBlocks, capacityBlocks, parents);
  const loose = isLoose(request);
  const { held } = set;
  const policy = spec.create({ columns, capacityBlocks, held, parameters, inputs, loose });
  const run = { columns, spec, policy, set, measureFrom, observe };
  if (residency === 'closed') return runClosed(run);
  return loose ? runReferences(run) : runFree(run);
}
