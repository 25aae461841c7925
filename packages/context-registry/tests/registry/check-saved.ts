import { expect } from 'vitest';
import { createRegistry, type Tokenizer } from '../../src/index.ts';
import { commonPrefix } from './plain-registry.ts';

const BLOCK = 16;
const BYTES_PER_TOKEN = 131_072;

/** Each text once: agents ask the same again and again. */
export function encoder(tokenizer: Tokenizer): (text: string) => Uint32Array {
  const known = new Map<string, Uint32Array>();
  return (text) => {
    const tokens = known.get(text) ?? tokenizer.encode(text);
    known.set(text, tokens);
    return tokens;
  };
}

/** Tokens that `context` finds held by any before it, counted token by token and cut to blocks. */
function heldBefore(before: readonly Uint32Array[], context: Uint32Array): number {
  const longest = before.map((one) => commonPrefix(one, context));
  return Math.floor(Math.max(0, ...longest) / BLOCK) * BLOCK;
}

/** Registers contexts in order, and holds every figure of the registry against counting. */
export function checkSaved(
  contexts: readonly Uint32Array[],
  pairs: 'all' | 'neighbours' | 'none',
): void {
  const registry = createRegistry({ model: { name: 'm', bytesPerToken: BYTES_PER_TOKEN } });
  let saved = 0;
  contexts.forEach((tokens, i) => {
    const { held } = registry.register({ key: keyOf(i), tokens });
    expect(held.tokens).toBe(heldBefore(contexts.slice(0, i), tokens));
    saved += held.tokens;
  });
  expect(registry.stats()).toMatchObject({
    savedTokens: saved,
    savedBytes: saved * BYTES_PER_TOKEN,
  });
  contexts.forEach((tokens, i) => {
    for (let j = { all: 0, neighbours: Math.max(0, i - 1), none: i }[pairs]; j < i; j++) {
      const share = registry.sharedContext([keyOf(j)], keyOf(i));
      const common = commonPrefix(tokens, contexts[j]);
      expect(share.shares[0].divergence.atToken).toBe(common);
      expect(share.saved.tokens).toBe(Math.floor(common / BLOCK) * BLOCK);
      expect(share.saved.tokens).toBeLessThanOrEqual(tokens.length);
    }
  });
  registry.clear();
  expect(registry.stats()).toMatchObject({ contexts: 0, distinctBlocks: 0, savedTokens: 0 });
}

function keyOf(index: number) {
  return { agent: 'agent', context: String(index) };
}
