import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRegistry, loadDefaultTokenizer, loadTokenizer } from '../../src/index.ts';

const qwen = await loadDefaultTokenizer();
const folder = mkdtempSync(join(tmpdir(), 'wavetune-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('loadDefaultTokenizer', () => {
  it('spells text as Qwen3 does', () => {
    expect([...qwen.encode('Hello, world')]).toEqual([9707, 11, 1879]);
    expect([...qwen.encode('<|im_start|>user')]).toEqual([151644, 872]);
    expect(qwen.decode(qwen.encode('<|im_start|>user'))).toBe('<|im_start|>user');
    expect(qwen.vocabularySize).toBe(151_669);
  });

  it('gives back every text that is in Unicode’s composed form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const composed = text.normalize('NFC');
        expect(qwen.decode(qwen.encode(composed))).toBe(composed);
      }),
    );
  });

  it('spells bytes as the text that they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(qwen.encode(Buffer.from(text, 'utf8'))).toEqual(qwen.encode(text));
      }),
    );
  });

  it('counts what it encodes: the registry’s figure is the length of the encoding', () => {
    const registry = createRegistry({ model: { name: 'm', bytesPerToken: 1 }, tokenizer: qwen });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { entry } = registry.register({ key: { agent: 'a', context: '1' }, text });
        expect(entry.tokenCount).toBe(qwen.encode(text).length);
        expect(registry.tokensOf(entry)).toEqual(qwen.encode(text));
      }),
      { numRuns: 50 },
    );
  });

  it('is the same in another process', () => {
    const text = 'Ünïcode, 数字 123, and\n\n  spaces';
    const index = new URL('../../src/index.ts', import.meta.url).href;
    const script = `import { loadDefaultTokenizer } from ${JSON.stringify(index)};
      const { name, encode } = await loadDefaultTokenizer();
      console.log(JSON.stringify({ name, tokens: [...encode(${JSON.stringify(text)})] }));`;
    const flags = ['--no-warnings', '--input-type=module', '--eval', script];
    const printed = execFileSync(process.execPath, flags, { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual({ name: qwen.name, tokens: [...qwen.encode(text)] });
  });
});

describe('loadTokenizer', () => {
  it('reads any tokenizer.json, and names it by its content', async () => {
    const path = join(folder, 'tokenizer.json');
    writeFileSync(path, JSON.stringify(wordTokenizer(['[UNK]', 'red', 'blue'])));
    const words = await loadTokenizer(path);
    expect([...words.encode('red blue green red')]).toEqual([1, 2, 0, 1]);
    expect(words.vocabularySize).toBe(3);
    expect(words.name).not.toBe(qwen.name);
    expect((await loadTokenizer(path)).name).toBe(words.name);
  });

  it('refuses text beyond its limit', async () => {
    const path = join(folder, 'tokenizer.json');
    writeFileSync(path, JSON.stringify(wordTokenizer(['[UNK]'])));
    const words = await loadTokenizer(path, { maxTextBytes: 8 });
    expect(words.encode('12345678')).toHaveLength(1);
    expect(() => words.encode('123456789')).toThrowError('tokens.text-too-long');
    expect(() => words.encode('ééééé')).toThrowError('tokens.text-too-long');
  });

  it.each([
    ['missing', undefined],
    ['no JSON', '{'],
    ['no tokenizer', '{"model": {"type": "Oracle"}}'],
  ])('refuses a file that is %s', async (name, content) => {
    const path = join(folder, `${name}.json`);
    if (content !== undefined) writeFileSync(path, content);
    await expect(loadTokenizer(path)).rejects.toThrowError('tokens.unreadable-file');
  });
});

function wordTokenizer(words: readonly string[]) {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      unk_token: '[UNK]',
    },
  };
}
