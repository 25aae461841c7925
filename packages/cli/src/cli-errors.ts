import { defineErrors } from '@wavetune/core';

/** What a command line can get wrong; codes that begin with `usage.` end in exit status 2. */
export const cliError = defineErrors({
  'usage.bad-arguments': (d: { readonly command: string; readonly reason: string }) =>
    `${d.reason}; try: ${d.command} --help`,
  'cli.cannot-print': (d: { readonly reason: string }) =>
    `cannot write to standard output: ${d.reason}`,
  'cli.interrupted': (_: object) => 'stopped on request; nothing was published',
});
