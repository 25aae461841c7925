export {
  createOffsetBook,
  type KvOffsets,
  type OffsetBook,
  type OffsetHint,
} from './anchors/offset-hints.ts';
export { type RopeRules, rerotateKeys, ropeAngles } from './anchors/rope.ts';
export {
  createShareability,
  type Overlap,
  overlapOf,
  type Shareability,
  type ShareabilityReport,
} from './anchors/shareability.ts';
export type { Budget } from './memory/budget.ts';
export { cgroupSource } from './memory/cgroup.ts';
export { findPressureSource, PRESSURE_SOURCES } from './memory/find-pressure-source.ts';
export {
  createMemoryCache,
  type MemoryCache,
  type MemoryCacheOptions,
  type MemoryStats,
  type StepReport,
} from './memory/memory-cache.ts';
export { nvidiaSmiSource } from './memory/nvidia-smi.ts';
export { type OffloadStore, openOffloadStore } from './memory/offload-store.ts';
export { DEFAULT_MODE_RULES, type Mode, type ModeRules } from './memory/pressure-mode.ts';
export type { PressureReading, PressureSource } from './memory/pressure-source.ts';
export type { Workflow } from './memory/workflow.ts';
export { editDistance } from './near/compare-blocks.ts';
export {
  createSignatureIndex,
  MAX_DISTANCE_BITS,
  type SignatureIndex,
} from './near/signature-index.ts';
export { createSimHash, hammingBits, type Signature, type SimHash } from './near/simhash.ts';
export { createRegistry, type Registry } from './registry/registry.ts';
export type {
  Admission,
  AdvisoryMatch,
  Content,
  ContextShare,
  Divergence,
  Entry,
  ExactPrefix,
  Excerpt,
  Match,
  OwnerKey,
  OwnerRef,
  Prompt,
  Registered,
  Registration,
  RegistryChange,
  RegistryIndex,
  RegistryObserver,
  RegistryOptions,
  RegistryStats,
  RemovalReason,
  Reordering,
  Scope,
  SharedContext,
  Use,
} from './registry/types.ts';
export type { Embedder } from './semantic/embedder.ts';
export { type Endpoint, openEndpointEmbedder } from './semantic/endpoint-embedder.ts';
export { HASHED_EMBEDDER } from './semantic/hashed-embedder.ts';
export { type OnnxModel, openOnnxEmbedder } from './semantic/onnx-embedder.ts';
export {
  createSemanticIndex,
  type SemanticIndex,
  type SemanticNeighbour,
} from './semantic/semantic-index.ts';
export { createVectorIndex, type Neighbour, type VectorIndex } from './semantic/vector-index.ts';
export {
  readSnapshot,
  restoreSnapshot,
  type Snapshot,
  writeSnapshot,
} from './snapshot/snapshot.ts';
export {
  loadDefaultTokenizer,
  loadTokenizer,
  type TokenizerOptions,
} from './tokens/hugging-face.ts';
export {
  createSpeller,
  SPELLER_DEFAULTS,
  type Speller,
  type SpellerOptions,
} from './tokens/speller.ts';
export type { Tokenizer } from './tokens/tokenizer.ts';
