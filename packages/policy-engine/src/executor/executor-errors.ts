import { defineErrors } from '@wavetune/core';

/** What an executor can refuse of its own settings. */
export const executorError = defineErrors({
  'executor.bad-namespace': (d: { readonly found: string; readonly reason: string }) =>
    `${JSON.stringify(d.found)} is no namespace: ${d.reason}; accepted is what keys begin with, such as item:`,
  'executor.cannot-listen': (d: { readonly address: string; readonly reason: string }) =>
    `cannot listen on ${d.address}: ${d.reason}`,
});
