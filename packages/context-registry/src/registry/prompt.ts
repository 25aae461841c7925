import { createVllmBlockHasher } from '@wavetune/trace';
import { scopeLabelOf } from './owner-key.ts';
import { registryError } from './registry-errors.ts';
import type { Spelling } from './store.ts';
import type { Content, Prompt, RegistryOptions, Scope } from './types.ts';

/** Options with nothing left open but the tokenizer. */
export type SettledOptions = Readonly<Required<Omit<RegistryOptions, 'tokenizer'>>> &
  Pick<RegistryOptions, 'tokenizer'>;

const MAX_TOKENS_AT_MOST = 2 ** 26;
const TOKEN_LIMIT = 2 ** 32;

/** @throws WavetuneError `registry.bad-option`. */
export function settleOptions(options: RegistryOptions): SettledOptions {
  const { bytesPerToken } = options.model;
  const settled = {
    ...options,
    blockSize: options.blockSize ?? 16,
    hashSeed: options.hashSeed ?? '0',
    maxTokens: options.maxTokens ?? 2 ** 20,
    nowMillis: options.nowMillis ?? Date.now,
    onObserverFailure: options.onObserverFailure ?? warnOf,
  };
  if (!Number.isSafeInteger(bytesPerToken) || bytesPerToken < 1) {
    throw badOption('model.bytesPerToken', bytesPerToken, 'a whole number of bytes from 1 up');
  }
  if (!Number.isInteger(settled.blockSize) || settled.blockSize < 1 || settled.blockSize > 65_536) {
    throw badOption('blockSize', settled.blockSize, 'a whole number of tokens from 1 to 65536');
  }
  const { maxTokens } = settled;
  if (!Number.isInteger(maxTokens) || maxTokens < 1 || maxTokens > MAX_TOKENS_AT_MOST) {
    throw badOption('maxTokens', maxTokens, `a whole number from 1 to ${MAX_TOKENS_AT_MOST}`);
  }
  return settled;
}

function warnOf(failure: unknown): void {
  process.emitWarning(failure instanceof Error ? failure : String(failure));
}

function badOption(option: string, found: unknown, accepted: string): Error {
  return registryError('registry.bad-option', { option, found, accepted });
}

/**
 * The tokens of a prompt, all checked.
 *
 * @throws WavetuneError `registry.wrong-model`, `registry.no-tokenizer`, `registry.too-many-tokens`,
 * `registry.bad-token`, and what the tokenizer throws.
 */
export function encodePrompt(prompt: Prompt, options: SettledOptions): Uint32Array {
  if (prompt.model !== undefined && prompt.model !== options.model.name) {
    throw registryError('registry.wrong-model', {
      found: prompt.model,
      model: options.model.name,
    });
  }
  return encodeContent(prompt, options);
}

/** A prompt as the store takes it. @throws WavetuneError as `encodePrompt` does. */
export function spellPrompt(prompt: Prompt, options: SettledOptions): Spelling {
  const tokens = encodePrompt(prompt, options);
  const scope = prompt.scope ?? {};
  return { tokens, names: nameBlocks(tokens, scope, options), scopeLabel: scopeLabelOf(scope) };
}

/** vLLM's names of the full blocks, two words each, low word first. */
export function nameBlocks(
  tokens: Uint32Array,
  scope: Scope,
  { blockSize, hashSeed }: SettledOptions,
): Uint32Array<ArrayBuffer> {
  const names = new Uint32Array(2 * Math.floor(tokens.length / blockSize));
  createVllmBlockHasher({ seed: hashSeed, blockSize }).hash(tokens, names, scope);
  return names;
}

function encodeContent(content: Content, options: SettledOptions): Uint32Array {
  const { tokenizer, maxTokens } = options;
  if ('tokens' in content) {
    checkLength(content.tokens.length, maxTokens);
    return checkedTokens(content.tokens, tokenizer?.vocabularySize ?? TOKEN_LIMIT);
  }
  if (tokenizer === undefined) throw registryError('registry.no-tokenizer', {});
  const tokens = tokenizer.encode(content.text);
  checkLength(tokens.length, maxTokens);
  return tokens;
}

function checkLength(tokens: number, limit: number): void {
  if (tokens > limit) throw registryError('registry.too-many-tokens', { tokens, limit });
}

function checkedTokens(found: ArrayLike<number>, limit: number): Uint32Array {
  const tokens = new Uint32Array(found.length);
  for (let index = 0; index < found.length; index++) {
    const token = found[index];
    if (token >>> 0 !== token || token >= limit) {
      throw registryError('registry.bad-token', { index, found: token, limit });
    }
    tokens[index] = token;
  }
  return tokens;
}
