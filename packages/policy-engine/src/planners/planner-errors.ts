import { defineErrors } from '@wavetune/core';

/** What making planners refuses. */
export const plannerError = defineErrors({
  'planner.unknown': (d: { readonly name: string; readonly known: readonly string[] }) =>
    `there is no planner "${d.name}"; there are ${d.known.join(', ')}`,
  'planner.no-future': (_: Record<never, never>) =>
    'the oracle plans by the requests that come next, which only a replay has',
  'planner.no-model': (_: Record<never, never>) =>
    'the llm planner needs the address of a model and its name, for example http://127.0.0.1:11434 and llama3.2:1b',
  'planner.bad-url': (d: { readonly url: string }) =>
    `a model cannot be asked at ${JSON.stringify(d.url)}; accepted is http://host:port or https://host/v1, without a user`,
});
