import type { Clock } from '@wavetune/core';
import { prefixIndexError } from '../prefix-index-errors.ts';

/** How many bytes of hints a tenant gets. */
export interface CreditOptions {
  /** A tenant that has long been silent may be given so many at once. */
  readonly windowBytes: number;
  /** In which as many flow in again. */
  readonly windowMillis: number;
  readonly clock: Clock;
}

/** Bytes of hints by tenant: a token bucket each, full at first; a state of the process, not of the store. */
export interface Credits {
  readonly available: (tenant: string) => number;
  /** Below zero where more is spent than there was: then nothing is available until it has flowed in. */
  readonly spend: (tenant: string, bytes: number) => void;
}

interface Bucket {
  bytes: number;
  atMillis: number;
}

/** @throws WavetuneError `prefix-index.bad-option` unless both are above zero. */
export function createCredits({ windowBytes, windowMillis, clock }: CreditOptions): Credits {
  for (const [option, found] of Object.entries({ windowBytes, windowMillis })) {
    if (found > 0 && Number.isFinite(found)) continue;
    const accepted = 'a number above 0';
    throw prefixIndexError('prefix-index.bad-option', { option, found: `${found}`, accepted });
  }
  const buckets = new Map<string, Bucket>();
  const available = (tenant: string): number => {
    const bucket = buckets.get(tenant);
    if (bucket === undefined) return windowBytes;
    const inflow = ((clock.monotonicMillis() - bucket.atMillis) / windowMillis) * windowBytes;
    return Math.min(windowBytes, bucket.bytes + inflow);
  };
  return {
    available: (tenant) => Math.max(0, available(tenant)),
    spend: (tenant, bytes) => {
      const left = available(tenant) - bytes;
      if (left >= windowBytes) buckets.delete(tenant);
      else buckets.set(tenant, { bytes: left, atMillis: clock.monotonicMillis() });
    },
  };
}
