export { HASH_FACTOR, HASH_PRIME, HASH_SUMMAND, hashShard } from './hash-shard.ts';
export { readShards } from './read-shards.ts';
export { replayShard } from './replay-shard.ts';
export { encodeRow, type ShardRow } from './row-text.ts';
export type { ShardTrace, Tail } from './shard-columns.ts';
export {
  decodePartial,
  decodeQuestion,
  encodePartial,
  encodeQuestion,
} from './shard-messages.ts';
export {
  mergePartials,
  NO_SHARDS,
  type ShardCell,
  type ShardPartial,
  standardErrorOf,
} from './shard-partial.ts';
export {
  LEARNED,
  type ShardCapacity,
  type ShardPolicy,
  type ShardQuestion,
} from './shard-question.ts';
export { replayShardsTask, type ShardsInput } from './shard-task.ts';
