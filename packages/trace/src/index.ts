export {
  buildDatajaxWaveSpec,
  type DatajaxInput,
  type DatajaxWaveSpec,
  type JsonInteger,
} from './datajax/wave-spec.ts';
export type {
  BlockHasher,
  HashScope,
  MultimodalInput,
} from './hash/block-hasher.ts';
export { createDynamoBlockHasher, type DynamoHashOptions } from './hash/dynamo.ts';
export { hashLikePandas, type KeyColumn } from './hash/pandas-hash.ts';
export { createSglangPageHasher } from './hash/sglang.ts';
export { createVllmBlockHasher, type VllmHashOptions } from './hash/vllm.ts';
