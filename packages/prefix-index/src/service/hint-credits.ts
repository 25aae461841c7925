import type { Clock } from '@wavetune/core';
import { type CreditOptions, createCredits } from '../suggest/credits.ts';
import type { Hint } from '../suggest/suggestion.ts';

/**
 * Bytes of hints by tenant over time. A hint is paid for once: until its `ttl_ms` is over, the same prefix may be named
 * again, to any planner of the tenant, for nothing.
 */
export interface HintCredits {
  /** What a tenant's hints may take up together: what is left, and what is paid for already. */
  readonly creditBytes: (tenant: string) => number;
  readonly charge: (hints: readonly Hint[]) => void;
}

interface Paid {
  readonly bytes: number;
  readonly untilMillis: number;
}

/** Cost: O(hints that are paid for) a question. @throws WavetuneError `prefix-index.bad-option` */
export function createHintCredits(options: CreditOptions): HintCredits {
  const credits = createCredits(options);
  const { clock } = options;
  const paidByTenant = new Map<string, Map<string, Paid>>();
  return {
    creditBytes: (tenant) => {
      const paid = currentOf(paidByTenant, tenant, clock);
      let bytes = credits.available(tenant);
      for (const hint of paid.values()) bytes += hint.bytes;
      return bytes;
    },
    charge: (hints) => {
      const nowMillis = clock.monotonicMillis();
      for (const { tenant, model_id, prefix_id, bytes, ttl_ms: ttlMillis } of hints) {
        const paid = currentOf(paidByTenant, tenant, clock);
        const key = JSON.stringify([model_id, prefix_id]);
        if (paid.has(key)) continue;
        credits.spend(tenant, bytes);
        paid.set(key, { bytes, untilMillis: nowMillis + ttlMillis });
        paidByTenant.set(tenant, paid);
      }
    },
  };
}

function currentOf(
  paidByTenant: ReadonlyMap<string, Map<string, Paid>>,
  tenant: string,
  clock: Clock,
): Map<string, Paid> {
  const paid = paidByTenant.get(tenant) ?? new Map<string, Paid>();
  const nowMillis = clock.monotonicMillis();
  for (const [key, { untilMillis }] of paid) if (untilMillis <= nowMillis) paid.delete(key);
  return paid;
}
