import type { EvictionRule } from './ledger.ts';
import type { TtlRule } from './ttl-rule.ts';

/** What both caches keep to. */
export interface CacheRules {
  /** Of each. */
  readonly limitBytes: number;
  readonly ttl: TtlRule;
  readonly eviction: EvictionRule;
}
