export {
  blockBytesOf,
  type Capacity,
  type CapacityGround,
  capacityBlocksOf,
  parseCapacity,
} from './capacity.ts';
export {
  type KvModel,
  loadKvModel,
  MODEL_OPTIONS,
  PREFILL_UTILISATION,
  type PrefillCost,
  prefillSeconds,
} from './kv-model.ts';
