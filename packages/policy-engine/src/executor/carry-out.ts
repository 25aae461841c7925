import type { Redis } from 'ioredis';
import type { CachePlan } from '../plan/cache-plan.ts';
import { chooseActions, type PassedOver, type PrefetchAction } from './choose-actions.ts';
import { OWN_KEYS, type PlanLimits } from './plan-limits.ts';
import type { ValueSource } from './value-source.ts';

/** What a plan did to the cache. */
export interface PlanReceipt {
  /** `known`: it was carried out before, and nothing was done. */
  readonly outcome: 'carried-out' | 'known';
  /** Keys that were there and are not. */
  readonly evicted: number;
  readonly prefetched: number;
  readonly passedOver: Readonly<Record<PassedOver, number>>;
}

export interface CarryOutTools {
  readonly redis: Redis;
  readonly values: ValueSource;
  readonly limits: PlanLimits;
  /** By the clock of the plans. */
  readonly nowMillis: number;
  /** When the plan's id may be forgotten; not before it has expired. */
  readonly forgetMillis: number;
}

/** Entries that turn out to be nothing, an absent key or no value, do not use up a cap; but a plan gets so many tries only. */
const TRIES_A_PLACE = 10;
const KEPT_OUTCOMES = 10_000;

/**
 * One plan, all of it or nothing, once; the outcomes list the keys, a line each, since no key holds a line end. Removal
 * comes first: Redis refuses a script for want of memory only before its first write, and removing needs none, so that a
 * full cache does not refuse what would relieve it.
 *
 * KEYS carried out, outcomes, then what may be evicted, then what is loaded; ARGV id, window, now, when the id may be
 * forgotten, outcomes kept, how many may be evicted, how many of KEYS that is of, then value and seconds of each load.
 */
const CARRY_OUT = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {0, 0, 0, 0} end
local evicted = {}
local tried = 0
local candidates = tonumber(ARGV[7])
while tried < candidates and #evicted < tonumber(ARGV[6]) do
  tried = tried + 1
  local key = KEYS[2 + tried]
  if redis.call('DEL', key) == 1 then evicted[#evicted + 1] = key end
end
local loaded = {}
for i = 3 + candidates, #KEYS do
  redis.call('SET', KEYS[i], ARGV[8 + 2 * #loaded], 'EX', ARGV[9 + 2 * #loaded])
  loaded[#loaded + 1] = KEYS[i]
end
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'id', ARGV[1], 'window', ARGV[2],
  'evicted', table.concat(evicted, '\\n'), 'prefetched', table.concat(loaded, '\\n'))
return {1, #evicted, #loaded, tried}
`;

/**
 * Filters a plan, fetches the values of what it loads, applies the caps, and changes the cache in one script together with
 * the plan's id: whoever gets the plan again finds it there.
 *
 * @throws Whatever the connection or the source of values does; the plan was then carried out or not, and may be tried again.
 */
export async function carryOut(plan: CachePlan, tools: CarryOutTools): Promise<PlanReceipt> {
  const { redis, limits, nowMillis, forgetMillis } = tools;
  const { evict, prefetch, passedOver } = chooseActions(plan, limits);
  const counts = { ...passedOver };
  const loads = await fetchValues(prefetch, tools, counts);
  const candidates = evict.slice(0, TRIES_A_PLACE * limits.mostEvictions);
  const keys = [
    OWN_KEYS.carriedOut,
    OWN_KEYS.outcomes,
    ...candidates,
    ...loads.map(({ key }) => key),
  ];
  const reply = await redis.eval(
    CARRY_OUT,
    keys.length,
    ...keys,
    plan.id,
    plan.window,
    nowMillis,
    forgetMillis,
    KEPT_OUTCOMES,
    limits.mostEvictions,
    candidates.length,
    ...loads.flatMap(({ value, ttlSeconds }) => [value, ttlSeconds]),
  );
  const [isNew, evicted, prefetched, tried] = reply as readonly number[];
  counts['over-cap'] += isNew === 1 ? evict.length - tried : 0;
  return {
    outcome: isNew === 1 ? 'carried-out' : 'known',
    evicted,
    prefetched,
    passedOver: counts,
  };
}

interface Load extends PrefetchAction {
  readonly value: string;
}

/** In the plan's order, side by side as many as are still wanted. */
async function fetchValues(
  wanted: readonly PrefetchAction[],
  { values, limits: { mostPrefetches } }: CarryOutTools,
  counts: Record<PassedOver, number>,
): Promise<readonly Load[]> {
  const loads: Load[] = [];
  const tries = Math.min(wanted.length, TRIES_A_PLACE * mostPrefetches);
  let at = 0;
  while (at < tries && loads.length < mostPrefetches) {
    const next = wanted.slice(at, Math.min(tries, at + mostPrefetches - loads.length));
    const found = await Promise.all(next.map(({ key }) => values.valueOf(key)));
    next.forEach((action, i) => {
      const value = found[i];
      if (value === undefined) counts['no-value']++;
      else loads.push({ ...action, value });
    });
    at += next.length;
  }
  counts['over-cap'] += wanted.length - at;
  return loads;
}
