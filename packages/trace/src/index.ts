export {
  buildDatajaxWaveSpec,
  type DatajaxInput,
  type DatajaxWaveSpec,
  type JsonInteger,
} from './datajax/wave-spec.ts';
export { type DetectedFormat, detectFormat, formatNamed } from './detect-format.ts';
export { readFileHead } from './file-head.ts';
export { keyRowsPlan } from './formats/key-log.ts';
export { TRACE_FORMATS } from './formats/registry.ts';
export { GENERATE_DEFAULTS, type GenerateOptions } from './generate/generate-options.ts';
export { type GeneratedRequest, generateTrace } from './generate/generate-trace.ts';
export { WORKLOAD_NAMES } from './generate/workloads/workloads.ts';
export type {
  BlockHasher,
  HashScope,
  MultimodalInput,
} from './hash/block-hasher.ts';
export { createDynamoBlockHasher, type DynamoHashOptions } from './hash/dynamo.ts';
export { hashLikePandas, type KeyColumn } from './hash/pandas-hash.ts';
export { createSglangPageHasher } from './hash/sglang.ts';
export { createVllmBlockHasher, type VllmHashOptions } from './hash/vllm.ts';
export { chainOfKey } from './key-chain.ts';
export {
  type BlocksCleared,
  type BlocksRemoved,
  type BlocksStored,
  KV_EVENTS,
  type KvBatch,
  type KvEvent,
} from './kv-events/kv-event.ts';
export { type KvRecord, looksLikeKvEvents, readKvBatches } from './kv-events/read-kv-batches.ts';
export { type DescribeParquet, takeSample } from './take-sample.ts';
export { traceError } from './trace-errors.ts';
export type {
  ChainKind,
  KeyColumns,
  SampleColumn,
  Tail,
  TimeUnit,
  TraceFormat,
  TraceOptions,
  TraceSample,
} from './trace-format.ts';
export { packedFor } from './write/compress.ts';
export { type KeyLogOptions, keyLogLines } from './write/key-log.ts';
export { type MooncakeOptions, type MooncakeRequest, mooncakeLines } from './write/mooncake.ts';
export { type PrefixEventOptions, prefixEventLines } from './write/prefix-events.ts';
export { withoutContent } from './write/without-content.ts';
