import type { Held, RegistryState } from './state.ts';
import type { ContextShare, Divergence, ExactPrefix, Excerpt } from './types.ts';

/** Tokens that both begin with. */
export function commonTokens(a: Uint32Array, b: Uint32Array): number {
  const end = Math.min(a.length, b.length);
  let common = 0;
  while (common < end && a[common] === b[common]) common++;
  return common;
}

export function prefixOfBlocks(state: RegistryState, blocks: number): ExactPrefix {
  const tokens = blocks * state.options.blockSize;
  return { blocks, tokens, sizeBytes: tokens * state.options.model.bytesPerToken };
}

/** What a prompt and a held context have in common. */
export function shareOf(state: RegistryState, prompt: Uint32Array, held: Held): ContextShare {
  const atToken = commonTokens(prompt, held.tokens);
  return {
    owner: held.entry.key,
    exact: prefixOfBlocks(state, Math.floor(atToken / state.options.blockSize)),
    divergence: divergenceAt(state, atToken, { prompt, context: held.tokens }),
    advisory: [],
    reordering: undefined,
  };
}

function divergenceAt(
  state: RegistryState,
  atToken: number,
  { prompt, context }: { readonly prompt: Uint32Array; readonly context: Uint32Array },
): Divergence {
  const ended = atToken === prompt.length || atToken === context.length;
  const cause = !ended ? 'different' : prompt.length === context.length ? 'none' : 'ended';
  return {
    atToken,
    atBlock: Math.floor(atToken / state.options.blockSize),
    cause,
    prompt: excerptOf(state, prompt, { begin: atToken, end: prompt.length }),
    context: excerptOf(state, context, { begin: atToken, end: context.length }),
  };
}

const EXCERPT_TOKENS = 32;

export function excerptOf(
  state: RegistryState,
  tokens: Uint32Array,
  { begin, end }: { readonly begin: number; readonly end: number },
): Excerpt {
  const sample = tokens.subarray(begin, Math.min(end, begin + EXCERPT_TOKENS));
  return { begin, end, text: state.options.tokenizer?.decode(sample) };
}
