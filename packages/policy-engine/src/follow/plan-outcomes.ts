import type { AppliedPlan } from '../context/outcome.ts';
import { OWN_KEYS } from '../executor/plan-limits.ts';
import { createRedisClient, leave, reach } from '../transport/redis-client.ts';

/** What executors did to a cache, as they wrote it there themselves. */
export interface PlanOutcomes {
  /** Since the last call; none while the server is away. */
  next(): Promise<readonly AppliedPlan[]>;
  close(): Promise<void>;
}

/** From now on. */
export async function followOutcomes(redisUrl: string): Promise<PlanOutcomes> {
  const redis = createRedisClient(redisUrl);
  await reach(redis);
  const [last] = await redis.xrevrange(OWN_KEYS.outcomes, '+', '-', 'COUNT', 1);
  let after = last?.[0] ?? '0-0';
  return {
    next: async () => {
      const entries = await redis.xrange(OWN_KEYS.outcomes, `(${after}`, '+').catch(() => []);
      after = entries.at(-1)?.[0] ?? after;
      return entries.map(([, fields]) => appliedOf(fields));
    },
    close: () => leave(redis),
  };
}

function appliedOf(fields: readonly string[]): AppliedPlan {
  const textOf = (name: string): string => fields[fields.indexOf(name) + 1];
  const keysOf = (name: string): readonly string[] => textOf(name).split('\n').filter(Boolean);
  return { id: textOf('id'), evicted: keysOf('evicted'), prefetched: keysOf('prefetched') };
}
