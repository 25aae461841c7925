/** What a shared store's keys are called: its namespace in braces, so that a cluster keeps them in one slot. */
export interface RedisKeys {
  /** A hash: id, settings, base, base_end, pruned_before_ms, trimmed_to, rows. */
  readonly store: string;
  /** A hash: batch id → its record as JSON. */
  readonly batches: string;
  /** A stream: the changes since the base, and some before its end for those who follow. */
  readonly changes: string;
  /** A list: totals of all changes up to `base_end`, some thousand rows an item. */
  baseOf(generation: string): string;
}

export function redisKeys(namespace: string): RedisKeys {
  return {
    store: `{${namespace}}:store`,
    batches: `{${namespace}}:batches`,
    changes: `{${namespace}}:changes`,
    baseOf: (generation) => `{${namespace}}:base:${generation}`,
  };
}

/** Which of two changes of the stream came first; their ids are `milliseconds-counter`. */
export function compareIds(left: string, right: string): number {
  const [a, b] = [left, right].map((id) => id.split('-').map(Number));
  return a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0);
}

/**
 * Adds a change unless one of its batches is there or all are older than what was pruned.
 *
 * KEYS store, batches, changes; ARGV the change, its rows, its newest time, then id and record of each batch.
 */
export const COMMIT_SCRIPT = `
local pruned = redis.call('HGET', KEYS[1], 'pruned_before_ms')
for i = 4, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1 then return 'known' end
end
if pruned and ARGV[3] ~= '' and tonumber(ARGV[3]) < tonumber(pruned) then return 'expired' end
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('HINCRBY', KEYS[1], 'rows', ARGV[2])
return 'applied ' .. redis.call('XADD', KEYS[3], '*', 'change', ARGV[1])
`;

/**
 * Puts a new base in the place of the old one, unless somebody else has done so meanwhile.
 *
 * KEYS store, changes, old base; ARGV old generation, new generation, its end, how many rows there are more, the time
 * pruned before or '', the id to trim the stream to.
 */
export const REBASE_SCRIPT = `
if (redis.call('HGET', KEYS[1], 'base') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'base', ARGV[2], 'base_end', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'rows', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'pruned_before_ms', ARGV[5]) end
local trimmed = redis.call('XREVRANGE', KEYS[2], '(' .. ARGV[6], '-', 'COUNT', 1)
if trimmed[1] then redis.call('HSET', KEYS[1], 'trimmed_to', trimmed[1][1]) end
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[6])
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[3], 600) end
return 1
`;
