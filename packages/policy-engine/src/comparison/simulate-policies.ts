import { hitsTask } from '@wavetune/cachesim';
import type { RequestTrace } from './request-trace.ts';

/** Plain policies beside the live caches, the bound last. */
export const PLAIN_POLICIES = ['lru', 'lfu', 'arc', 's3-fifo', 'w-tinylfu', 'optimum'] as const;

export type PlainPolicy = (typeof PLAIN_POLICIES)[number];

/** What plain policies would have answered with room for as many items as the memory holds on average. */
export interface SimulatedPolicies {
  readonly capacityItems: number;
  /** 1 for each request that was answered; shape `[requests]`. */
  readonly hits: ReadonlyMap<PlainPolicy, Float64Array>;
}

/** Undefined where the memory holds no item. */
export function simulatePolicies(
  { trace, meanItemBytes }: RequestTrace,
  limitBytes: number,
): SimulatedPolicies | undefined {
  const capacityItems = Math.floor(limitBytes / meanItemBytes);
  if (capacityItems < 1) return undefined;
  const simulations = PLAIN_POLICIES.map((policy) => ({ policy, capacityBlocks: capacityItems }));
  const outcomes = hitsTask.run({ columns: trace, simulations, firstPlace: 0 });
  const hits = outcomes.map(
    ({ place, outcome }) => [PLAIN_POLICIES[place], Float64Array.from(outcome)] as const,
  );
  return { capacityItems, hits: new Map(hits) };
}
