import { shapeOf, type TraceColumns } from '@wavetune/core';
import { runOptimum } from '../optimum/optimum.ts';
import { parametersOf } from '../policies/parameters.ts';
import type { ParameterValues, PolicySpec } from '../policies/policy.ts';
import { policyOf } from '../policies/policy-table.ts';
import { linkReferences, type ReferenceIndex } from '../trace-index/next-use.ts';
import {
  checkCapacity,
  measuredWindow,
  type ReplayRequest,
  type ReplayResult,
} from './replay-request.ts';
import { createResidentSet } from './resident-set.ts';
import { runClosed } from './run-closed.ts';
import { runFree } from './run-free.ts';
import { runReferences } from './run-references.ts';
import type { Tally } from './tally.ts';

/**
 * Replays a trace through one cache.
 *
 * The answer depends on the columns and the request alone. Under free residency with independent hits every reference is
 * a request of its own, as in libCacheSim; otherwise whole requests are replayed. Under closed residency both ways of
 * counting hits agree.
 *
 * @param references - Of `columns.blocks`, for policies that look ahead; linked here where left out.
 * @throws WavetuneError `cachesim.bad-capacity`, `cachesim.empty-window`, `cachesim.length-only`,
 *   `cachesim.unknown-policy`, `cachesim.unknown-parameter`, `cachesim.bad-parameter`
 */
export function replay(
  columns: TraceColumns,
  request: ReplayRequest,
  references?: ReferenceIndex,
): ReplayResult {
  const { capacityBlocks, measureFrom = 0, residency = 'closed', hits = 'continuous' } = request;
  const policy = policyOf(request.policy);
  const parameters = parametersOf(policy, request.parameters ?? {});
  checkCapacity(capacityBlocks);
  const window = measuredWindow(columns, measureFrom);
  const loose = residency === 'free' && hits === 'independent';
  const tally =
    'create' in policy
      ? runPolicy(columns, policy, { ...request, parameters })
      : runOptimum(
          {
            columns,
            capacityBlocks,
            measureFrom,
            references:
              references ?? linkReferences(columns.blocks, shapeOf(columns).distinctBlocks),
          },
          parameters,
          loose,
        );
  return { policy: policy.name, parameters, capacityBlocks, residency, hits, ...window, ...tally };
}

function runPolicy(
  columns: TraceColumns,
  spec: PolicySpec,
  request: ReplayRequest & { readonly parameters: ParameterValues },
): Tally {
  const { parameters, measureFrom = 0, residency = 'closed', inputs = {} } = request;
  const capacityBlocks =
    spec.usableBlocks?.(request.capacityBlocks, columns, parameters) ?? request.capacityBlocks;
  const parents = residency === 'closed' ? columns.parents : undefined;
  const set = createResidentSet(shapeOf(columns).distinctBlocks, capacityBlocks, parents);
  const loose = residency === 'free' && request.hits === 'independent';
  const { held } = set;
  const policy = spec.create({ columns, capacityBlocks, held, parameters, inputs, loose });
  const run = { columns, spec, policy, set, measureFrom };
  if (residency === 'closed') return runClosed(run);
  return loose ? runReferences(run) : runFree(run);
}
