import { defineErrors } from '@wavetune/core';

/** What making planners refuses. */
export const plannerError = defineErrors({
  'planner.unknown': (d: { readonly name: string; readonly known: readonly string[] }) =>
    `there is no planner "${d.name}"; there are ${d.known.join(', ')}`,
  'planner.no-future': (_: Record<never, never>) =>
    'the oracle plans by the requests that come next, which only a replay has',
});
