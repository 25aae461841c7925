import type { ClonedFailure } from '@wavetune/core';

/** What comes back from a worker. */
export type TaskOutcome<Value> = { readonly value: Value } | { readonly failure: ClonedFailure };
