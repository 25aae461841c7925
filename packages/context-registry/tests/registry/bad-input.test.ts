import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  loadDefaultTokenizer,
  type Registry,
  type RegistryOptions,
} from '../../src/index.ts';

const MODEL = { name: 'qwen3-8b', bytesPerToken: 147_456 };
const KEY = { agent: 'a', context: '1' };
const tokenizer = await loadDefaultTokenizer();

/** A registry with something in it, and a check that it is as it was. */
function filled(options: Partial<RegistryOptions> = {}) {
  const registry = createRegistry({ model: MODEL, tokenizer, ...options });
  registry.register({ key: KEY, text: 'You are a helpful assistant. '.repeat(20) });
  const { stats, owners } = look(registry);
  const unchanged = () => {
    expect(look(registry)).toEqual({ stats, owners });
    expect(registry.match({ text: 'You are a helpful assistant. '.repeat(20) }).ownerCount).toBe(1);
  };
  return { registry, unchanged };
}

function look(registry: Registry) {
  return { stats: registry.stats(), owners: [...registry.entries()].map(({ key }) => key) };
}

describe('bad input is refused by a code, and changes nothing', () => {
  const { registry, unchanged } = filled();
  const other = { agent: 'b', context: '2' };

  it.each([
    ['tokens.invalid-text', () => ({ key: other, text: Uint8Array.of(0x41, 0xff, 0xfe) })],
    ['tokens.invalid-text', () => ({ key: other, text: 'half a pair: \ud83d' })],
    ['tokens.text-too-long', () => ({ key: other, text: 'word '.repeat(10_000_000) })],
    ['registry.too-many-tokens', () => ({ key: other, tokens: new Uint32Array(10_000_000) })],
    ['registry.wrong-model', () => ({ key: other, tokens: [1], model: 'llama-3.1-8b' })],
    ['registry.bad-token', () => ({ key: other, tokens: [1, -1] })],
    ['registry.bad-token', () => ({ key: other, tokens: [1, 1.5] })],
    ['registry.bad-token', () => ({ key: other, tokens: [151_669] })],
    ['registry.bad-token', () => ({ key: other, tokens: [Number.NaN] })],
    ['registry.bad-key', () => ({ key: { agent: '', context: '2' }, tokens: [1] })],
    ['registry.bad-key', () => ({ key: { agent: 'x'.repeat(513), context: '2' }, tokens: [1] })],
    ['registry.bad-key', () => ({ key: { agent: '\ud800', context: '2' }, tokens: [1] })],
    ['registry.cleared-since', () => ({ key: other, tokens: [1], generation: 7 })],
  ])('%s', (code, registration) => {
    const good = { key: { agent: 'c', context: '3' }, text: 'fine' };
    expect(() => registry.register(registration())).toThrowError(code);
    expect(() => registry.registerMany([good, registration()])).toThrowError(code);
    unchanged();
  });

  it('registry.duplicate-key, wherever the two stand', () => {
    const twice = [KEY, other, KEY].map((key) => ({ key, text: 'fine' }));
    expect(() => registry.registerMany(twice)).toThrowError(/registry\.duplicate-key.*0 and 2/);
    unchanged();
  });

  it('registry.unknown-owner, for agents and contexts', () => {
    const prompt = { text: 'You are' };
    expect(() => registry.sharedContext([other], prompt)).toThrowError('registry.unknown-owner');
    expect(() => registry.sharedContext([{ agent: 'b' }], prompt)).toThrowError(
      'registry.unknown-owner',
    );
    expect(() => registry.sharedContext([KEY], other)).toThrowError('registry.unknown-owner');
    expect(() => registry.entriesOf({ agent: 'b' })).toThrowError('registry.unknown-owner');
    expect(() => registry.remove([KEY, other])).toThrowError('registry.unknown-owner');
    unchanged();
  });

  it('registry.no-tokenizer, for text without one', () => {
    const plain = createRegistry({ model: MODEL });
    expect(() => plain.register({ key: KEY, text: 'x' })).toThrowError('registry.no-tokenizer');
  });

  it.each([
    { blockSize: 0 },
    { blockSize: 1.5 },
    { maxTokens: 0 },
    { model: { name: 'm', bytesPerToken: 0 } },
  ])('registry.bad-option %j', (options) => {
    expect(() => createRegistry({ model: MODEL, ...options })).toThrowError('registry.bad-option');
  });
});

describe('a race of register and clear', () => {
  it('refuses a registration whose work began before the clear', async () => {
    const { registry } = filled();
    const { generation } = registry;
    const embedding = Promise.resolve(new Float32Array(4));
    const late = embedding.then((vector) =>
      registry.register({ key: KEY, text: 'late', vector, generation }),
    );
    expect(registry.clear()).toBe(1);
    await expect(late).rejects.toThrowError('registry.cleared-since');
    expect(registry.stats()).toMatchObject({ contexts: 0, distinctBlocks: 0 });
    registry.register({ key: KEY, text: 'new', generation: registry.generation });
    expect(registry.stats().contexts).toBe(1);
  });
});

describe('contexts at the edges', () => {
  it('holds the empty context and one without a full block, which save nothing', () => {
    const registry = createRegistry({ model: MODEL, tokenizer });
    registry.register({ key: KEY, text: '' });
    registry.register({ key: { agent: 'b', context: '1' }, text: 'Hi!' });
    const { saved, shares } = registry.sharedContext([{ agent: 'b' }], { text: 'Hi!' });
    expect(saved).toEqual({ blocks: 0, tokens: 0, sizeBytes: 0 });
    expect(shares[0].divergence.cause).toBe('none');
    expect(registry.sharedContext([KEY], { text: '' }).shares[0].divergence.cause).toBe('none');
    expect(registry.sharedContext([], { text: '' }).saved.tokens).toBe(0);
    registry.remove([KEY]);
    expect(registry.stats()).toMatchObject({ contexts: 1, tokens: 2, distinctBlocks: 0 });
  });
});
