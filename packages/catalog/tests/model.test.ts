import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bytesPerToken,
  listModels,
  loadModel,
  prefillFlopsPerToken,
  weightsPerToken,
} from '../src/index.ts';
import { HUB_CONFIGS } from './hub-configs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalog-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: unknown, name = 'config.json'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const coded = (code: string) => expect.objectContaining({ code });

describe('bytesPerToken', () => {
  it.each([
    ['llama-3.1-8b', 131_072],
    ['llama-3.1-70b', 327_680],
    ['llama-3.1-405b', 516_096],
    ['qwen3-8b', 147_456],
    ['qwen3-32b', 262_144],
    ['qwen3-30b-a3b', 98_304],
    ['qwen3-235b-a22b', 192_512],
    ['deepseek-v3', 70_272],
    ['mixtral-8x7b', 131_072],
    ['mixtral-8x22b', 229_376],
    ['gpt-oss-120b', 73_728],
  ])('is of %s, in bfloat16, %i', async (name, bytes) => {
    const model = await loadModel(name);
    expect(bytesPerToken(model)).toBe(bytes);
    expect(bytesPerToken(model, { dtypeBytes: 1 })).toBe(bytes / 2);
  });

  it('follows the config.json of any grouped-query model', async () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    await fc.assert(
      fc.asyncProperty(size(80), size(16), size(8), size(256), async (layers, kv, groups, head) => {
        const path = await written({
          model_type: 'any',
          hidden_size: 64,
          intermediate_size: 64,
          vocab_size: 100,
          num_hidden_layers: layers,
          num_attention_heads: kv * groups,
          num_key_value_heads: kv,
          head_dim: head,
          torch_dtype: 'float16',
        });
        expect(bytesPerToken(await loadModel(path))).toBe(4 * layers * kv * head);
      }),
      { numRuns: 30 },
    );
  });
});

describe('loadModel', () => {
  it('finds a model by name or alias in any case', async () => {
    const model = await loadModel('llama-3.1-8b');
    expect(await loadModel('Meta-Llama/Llama-3.1-8B-Instruct')).toEqual(model);
    expect(await loadModel('LLAMA_3.1_8B')).toEqual(model);
  });

  it('gives every name and alias to one model', async () => {
    const names = (await listModels()).flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it.each(Object.keys(HUB_CONFIGS))(
    'reads the hub’s config of %s as the catalogue has it',
    async (name) => {
      const shapesOf = ({
        name: _,
        aliases,
        source,
        ...shapes
      }: Awaited<ReturnType<typeof loadModel>>) => shapes;
      await written(HUB_CONFIGS[name]);
      expect(shapesOf(await loadModel(folder))).toEqual(shapesOf(await loadModel(name)));
    },
  );

  it('reads a multimodal model’s text_config', async () => {
    const path = await written({ model_type: 'vlm', text_config: HUB_CONFIGS['llama-3.1-8b'] });
    expect(bytesPerToken(await loadModel(path))).toBe(131_072);
  });

  it('takes the full head count where no kv heads are given, and hidden ÷ heads as head size', async () => {
    const { num_key_value_heads, ...rest } = HUB_CONFIGS['llama-3.1-8b'];
    expect((await loadModel(await written(rest))).attention).toMatchObject({
      kvHeads: 32,
      headSize: 128,
    });
  });

  it('refuses an unknown name, and names the nearest', async () => {
    await expect(loadModel('deepsek-v3')).rejects.toThrow(
      expect.objectContaining({
        code: 'catalog.unknown-name',
        details: expect.objectContaining({ kind: 'model', nearest: 'deepseek-v3' }),
      }),
    );
  });

  it('refuses what is no model, by code', async () => {
    const llama = HUB_CONFIGS['llama-3.1-8b'];
    await expect(loadModel(await written('{'))).rejects.toThrow(coded('catalog.unreadable-file'));
    await expect(loadModel(await written('[1]'))).rejects.toThrow(coded('catalog.unreadable-file'));
    await expect(loadModel(tmpdir())).rejects.toThrow(coded('catalog.unreadable-file'));
    await expect(loadModel(await written({ name: 'mine' }))).rejects.toThrow(
      coded('catalog.invalid-file'),
    );
    await expect(loadModel(await written({ ...llama, num_hidden_layers: -1 }))).rejects.toThrow(
      coded('catalog.invalid-file'),
    );
    await expect(loadModel(await written({ ...llama, num_key_value_heads: 5 }))).rejects.toThrow(
      /kvHeads must divide heads/,
    );
    const { intermediate_size, ...noWidth } = llama;
    await expect(loadModel(await written(noWidth))).rejects.toThrow(/feedForward.width/);
  });

  it('refuses layers that keep a state instead of keys and values', async () => {
    const llama = HUB_CONFIGS['llama-3.1-8b'];
    for (const field of [{ linear_num_value_heads: 32 }, { layer_types: ['linear_attention'] }]) {
      await expect(loadModel(await written({ ...llama, ...field }))).rejects.toThrow(
        coded('catalog.unsupported-model'),
      );
    }
  });
});

describe('weightsPerToken', () => {
  it('is Llama-3.1-8B’s 8,030,261,248 less embedding, head and 65 norms', async () => {
    const withoutTables = 8_030_261_248 - 2 * 128_256 * 4096 - 65 * 4096;
    expect(weightsPerToken(await loadModel('llama-3.1-8b'))).toBe(withoutTables);
  });

  it.each([
    { name: 'deepseek-v3', stated: 36.6e9, tables: 1 },
    { name: 'qwen3-30b-a3b', stated: 3.3e9, tables: 2 },
    { name: 'qwen3-235b-a22b', stated: 22e9, tables: 2 },
    { name: 'mixtral-8x7b', stated: 12.9e9, tables: 2 },
    { name: 'gpt-oss-120b', stated: 5.13e9, tables: 1 },
  ])('of $name is what its makers call active, less the tables they count', async (each) => {
    const model = await loadModel(each.name);
    const stated = each.stated - each.tables * model.vocabulary * model.hiddenSize;
    expect(Math.abs(weightsPerToken(model) / stated - 1)).toBeLessThan(0.03);
  });
});

describe('prefillFlopsPerToken', () => {
  it('is two a weight and four a head number and token of context', async () => {
    const model = await loadModel('llama-3.1-8b');
    expect(prefillFlopsPerToken(model, 1000)).toBe(
      2 * weightsPerToken(model) + 4 * 32 * 4096 * 1000,
    );
  });

  it('stops growing in the layers with a window', async () => {
    const model = await loadModel('gpt-oss-120b');
    const growth = prefillFlopsPerToken(model, 2001) - prefillFlopsPerToken(model, 2000);
    expect(growth).toBe(4 * 18 * 64 * 64);
  });
});
