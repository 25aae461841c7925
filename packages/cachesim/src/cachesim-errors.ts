import { defineErrors } from '@wavetune/core';

/** What a caller of the replay can get wrong. */
export const cachesimError = defineErrors({
  'cachesim.bad-capacity': (d: { readonly found: number }) =>
    `a cache of ${d.found} blocks; accepted is a whole number of blocks from 1 (is the memory smaller than one block?)`,
  'cachesim.empty-window': (d: { readonly measureFrom: number; readonly requests: number }) =>
    `nothing to measure from request ${d.measureFrom}: the trace has ${d.requests} requests, and accepted is a whole number from 0 below that`,
  'cachesim.length-only': (d: { readonly requests: number }) =>
    `none of the ${d.requests} requests names a block: a trace of lengths alone yields no hit rate`,
  'cachesim.unknown-policy': (d: {
    readonly policy: string;
    readonly nearest: string;
    readonly known: readonly string[];
  }) =>
    `no policy is called "${d.policy}"; did you mean "${d.nearest}"? Known are ${d.known.join(', ')}`,
  'cachesim.unknown-parameter': (d: {
    readonly policy: string;
    readonly parameter: string;
    readonly known: readonly string[];
  }) =>
    `policy ${d.policy} has no parameter "${d.parameter}"; it has ${d.known.join(', ') || 'none'}`,
  'cachesim.bad-parameter': (d: {
    readonly policy: string;
    readonly parameter: string;
    readonly found: string;
    readonly accepted: string;
  }) => `parameter ${d.parameter} of ${d.policy} is ${d.found}; accepted is ${d.accepted}`,
  'cachesim.too-few-groups': (d: { readonly groups: number }) =>
    `a bootstrap over ${d.groups} groups of requests; accepted are two or more`,
  'cachesim.bad-sampling': (d: { readonly found: number; readonly accepted: string }) =>
    `cannot sample at ${d.found}; accepted is ${d.accepted}`,
});
