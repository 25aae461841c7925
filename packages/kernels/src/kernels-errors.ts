import { defineErrors } from '@wavetune/core';

/** The failures of this package. */
export const kernelsError = defineErrors({
  'kernels.bad-routing': (d: { readonly text: string }) =>
    `unknown routing "${d.text}"; accepted are balanced and power_law_<exponent>, as in power_law_1.2`,
  'kernels.bad-calibration': (d: { readonly problem: string }) =>
    `the calibration does not fit: ${d.problem}`,
  'kernels.bad-problem': (d: {
    readonly field: string;
    readonly found: number | string;
    readonly accepted: string;
  }) => `${d.field} is ${d.found}; accepted is ${d.accepted}`,
  'kernels.unknown-dtype': (d: { readonly found: string; readonly known: readonly string[] }) =>
    `unknown dtype "${d.found}"; known are ${d.known.join(', ')}`,
  'kernels.indivisible': (d: {
    readonly what: string;
    readonly size: number;
    readonly by: string;
    readonly parts: number;
  }) => `${d.by} ${d.parts} does not divide the ${d.size} ${d.what}`,
  'kernels.bad-pairs': (d: { readonly line: number; readonly problem: string }) =>
    `line ${d.line} of the measured pairs: ${d.problem}`,
  'kernels.no-pairs': (d: { readonly rows: number }) =>
    `none of ${d.rows} rows can be judged: wanted are rows with ep 1 and two different configurations`,
  'kernels.unknown-strategy': (d: { readonly found: string; readonly known: readonly string[] }) =>
    `unknown strategy "${d.found}"; known are ${d.known.join(', ')}`,
  'kernels.bad-movement': (d: {
    readonly field: string;
    readonly found: number;
    readonly accepted: string;
  }) => `what a plan moves: ${d.field} is ${d.found}; accepted is ${d.accepted}`,
  'kernels.empty-trace': () => 'the trace has no requests; there are no steps to tune for',
  'kernels.bad-measurement': (d: { readonly line: number; readonly problem: string }) =>
    `line ${d.line} of the measurements: ${d.problem}`,
  'kernels.bad-tuned-table': (d: { readonly line: number; readonly problem: string }) =>
    `line ${d.line} of the tuned configurations: ${d.problem}`,
});
