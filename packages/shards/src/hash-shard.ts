/** A Mersenne prime: 2^32 is 2 modulo it, so that both halves of an id reduce without a bigint. */
export const HASH_PRIME = 2 ** 31 - 1;
/** Chosen: multiplier and summand below the prime. */
export const HASH_FACTOR = 1_664_525_003;
export const HASH_SUMMAND = 1_013_904_223;

/**
 * The shard of a chain by the id of one of its blocks, `((factor × (id mod prime) + summand) mod prime) mod shards`: a
 * universal hash (Carter and Wegman 1979) in whole numbers below 2^63, which every SQL engine has.
 */
export function hashShard(lowWord: number, highWord: number, shards: number): number {
  const id = (2 * highWord + lowWord) % HASH_PRIME;
  const hash = (BigInt(HASH_FACTOR) * BigInt(id) + BigInt(HASH_SUMMAND)) % BigInt(HASH_PRIME);
  return Number(hash) % shards;
}
