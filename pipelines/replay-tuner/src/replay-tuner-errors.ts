import { defineErrors } from '@wavetune/core';

/** What this command refuses beside what its stages refuse. */
export const replayTunerError = defineErrors({
  'replay-tuner.nothing-to-tune': (d: {
    readonly requests: number;
    readonly measureFrom: number;
  }) =>
    `${d.requests} requests lie before the measured window (--measure-from ${d.measureFrom}); tuning and choosing need at least ${MIN_TUNED_REQUESTS}`,
  'replay-tuner.bad-engine-dir': (d: { readonly folder: string; readonly reason: string }) =>
    `cannot make the folder ${d.folder} for the engines' files: ${d.reason}`,
  'replay-tuner.no-tokens': (d: { readonly format: string }) =>
    `the trace (${d.format}) counts no prompt tokens; kernels are tuned for steps of tokens`,
  'replay-tuner.no-datajax-policy': (d: { readonly path: string; readonly reason: string }) =>
    `--strategy datajax has no policy for ${d.path}: ${d.reason}`,
  'usage.plan-option': (d: { readonly options: readonly string[]; readonly path: string }) =>
    `${listed(d.options)} ${d.options.length === 1 ? 'is' : 'are'} for plan traces; ${d.path} is none`,
  'usage.request-option': (d: { readonly options: readonly string[]; readonly path: string }) =>
    `${listed(d.options)} ${d.options.length === 1 ? 'is' : 'are'} for traces of requests; ${d.path} is a plan`,
  'usage.several-plans': (d: { readonly found: number }) =>
    `--trace names ${d.found} files of which one is a plan; accepted is one plan`,
  'replay-tuner.other-device': (d: {
    readonly name: string;
    readonly theirs: string;
    readonly ours: string;
  }) => `${d.name} was tuned on ${d.theirs}; accepted are files of ${d.ours}`,
  'replay-tuner.bad-tuned-file': (d: { readonly name: string; readonly problem: string }) =>
    `${d.name}: ${d.problem}; accepted are positive whole numbers`,
});

/** Two to tune on and one to choose by. */
export const MIN_TUNED_REQUESTS = 3;

function listed(options: readonly string[]): string {
  return options.map((option) => `--${option}`).join(', ');
}
