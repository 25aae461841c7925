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
export {
  loadDefaultTokenizer,
  loadTokenizer,
  type TokenizerOptions,
} from './tokens/hugging-face.ts';
export type { Tokenizer } from './tokens/tokenizer.ts';
