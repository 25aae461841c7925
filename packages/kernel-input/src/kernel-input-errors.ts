import { defineErrors } from '@wavetune/core';

/** The failures of this package. */
export const kernelInputError = defineErrors({
  'kernel-input.unreadable-file': (d: { readonly path: string; readonly problem: string }) =>
    `cannot read ${d.path}: ${d.problem}`,
});
