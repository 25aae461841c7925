import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const logInputError = defineErrors({
  'log-input.no-match': (d: { readonly pattern: string }) =>
    `no file matches ${d.pattern}; accepted are names of files and globs (quote them, so that the shell leaves them alone)`,
  'usage.output-in-use': (d: {
    readonly option: string;
    readonly path: string;
    readonly user: string;
  }) => `--${d.option} ${d.path} would overwrite ${d.user}; accepted is a file of its own`,
  'usage.bad-size': (d: { readonly option: string; readonly found: string }) =>
    `--${d.option} ${d.found}: accepted is a size such as 40GiB, 512MB or 1048576`,
});
