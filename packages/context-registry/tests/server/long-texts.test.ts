import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/registry/registry.ts';
import { HASHED_EMBEDDER } from '../../src/semantic/hashed-embedder.ts';
import { createContextService } from '../../src/server/context-service.ts';
import { answerOf } from '../../src/server/failure-answer.ts';
import type { Speller } from '../../src/tokens/speller.ts';
import type { Tokenizer } from '../../src/tokens/tokenizer.ts';
import { tokensError } from '../../src/tokens/tokens-errors.ts';
import { LETTERS } from '../support/letters.ts';

const LONG = 'Long instructions. '.repeat(20);

/** A service whose own tokenizer and speller note what each spells. */
function startService() {
  const here: string[] = [];
  const there: string[] = [];
  const tokenizer: Tokenizer = {
    ...LETTERS,
    encode: (text) => {
      here.push(String(text));
      return LETTERS.encode(text);
    },
  };
  const speller: Speller = {
    isLong: ({ length }) => length > 100,
    spell: async (text) => {
      if (text.length > 1000) throw tokensError('tokens.too-slow', { deadlineMillis: 30_000 });
      there.push(String(text));
      return LETTERS.encode(text);
    },
    close: async () => undefined,
  };
  const registry = createRegistry({ model: { name: 'toy', bytesPerToken: 1 }, tokenizer });
  const service = createContextService({ registry, speller, embedder: HASHED_EMBEDDER });
  return { service, here, there };
}

describe('a context service with a speller', () => {
  it('spells long texts elsewhere in every question, and answers as it does for their tokens', async () => {
    const { service, here, there } = startService();
    const short = { agent: 'short', context: 'main', text: 'Short.' };
    await service.register({ contexts: [{ agent: 'long', context: 'main', text: LONG }, short] });
    const byText = await service.match({ text: LONG, neighbours: 2 });
    await service.shared({ agents: [{ agent: 'long' }], target: { text: LONG }, neighbours: 1 });
    await service.explain({ owner: { agent: 'long' }, target: { text: LONG } });
    await service.reportOutcome({ text: LONG, cached_tokens: 16 });
    expect(here).toEqual(['Short.']);
    expect(there).toEqual(Array(5).fill(LONG));
    expect(byText.exact.tokens).toBe(Math.floor(LONG.length / 16) * 16);
    expect(byText.neighbours[0].owner.agent).toBe('long');
    const tokens = [...LETTERS.encode(LONG)];
    expect(await service.match({ tokens, neighbours: 2 })).toEqual(byText);
  });

  it('registers nothing where one text takes too long, and answers 413', async () => {
    const { service } = startService();
    const contexts = ['good', 'x'.repeat(1001)].map((text, i) => ({
      agent: `agent ${i}`,
      context: 'main',
      text,
    }));
    const failure = await service.register({ contexts }).catch((refusal: unknown) => refusal);
    expect(answerOf(failure)).toMatchObject({
      status: 413,
      body: { error: { code: 'tokens.too-slow' } },
    });
    expect(service.stats().registry.contexts).toBe(0);
  });
});
