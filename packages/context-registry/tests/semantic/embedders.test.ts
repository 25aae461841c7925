import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEndpointEmbedder } from '../../src/semantic/endpoint-embedder.ts';
import { HASHED_EMBEDDER } from '../../src/semantic/hashed-embedder.ts';
import { openOnnxEmbedder } from '../../src/semantic/onnx-embedder.ts';
import type { Tokenizer } from '../../src/tokens/tokenizer.ts';
import { tinyEncoder } from '../support/tiny-onnx.ts';

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, number, at) => sum + number * b[at], 0);
}

describe('HASHED_EMBEDDER', () => {
  it('holds texts of the same words alike, and other texts apart', async () => {
    const [flight, reordered, other, none] = await HASHED_EMBEDDER.embed([
      'Please change my flight to Boston on Friday.',
      'On Friday, please change my flight to Boston!',
      'Kernel tiles keep tensor cores busy.',
      '…',
    ]);
    expect(dot(flight, reordered)).toBeGreaterThan(0.75);
    expect(Math.abs(dot(flight, other))).toBeLessThan(0.25);
    expect(none.every((number) => number === 0)).toBe(true);
  });

  it('gives the same unit vector for the same text, whatever is embedded beside it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (text, other) => {
        const [alone] = await HASHED_EMBEDDER.embed([text]);
        const [, beside] = await HASHED_EMBEDDER.embed([other, text]);
        expect(beside).toEqual(alone);
        const length = Math.sqrt(dot(alone, alone));
        expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
      }),
    );
  });

  it('keeps its bits from version to version', async () => {
    const [vector] = await HASHED_EMBEDDER.embed(['the quick brown fox']);
    const places = [...vector.entries()].filter(([, number]) => number !== 0);
    expect(places.slice(0, 3).map(([at]) => at)).toEqual([7, 36, 44]);
  });
});

describe('openEndpointEmbedder', () => {
  let server: Server;
  let baseUrl: string;
  let answer: (input: readonly string[]) => unknown;
  const requests: { readonly authorization: string | undefined; readonly input: string[] }[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const { input } = JSON.parse(body);
      requests.push({ authorization: request.headers.authorization, input });
      const said = answer(input);
      response.statusCode = said === undefined ? 503 : 200;
      response.end(JSON.stringify(said ?? { error: 'overloaded' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  });
  afterAll(() => server.close());

  const lengths = (input: readonly string[]) => ({
    data: input.map((text, index) => ({ index, embedding: [text.length, 1] })).reverse(),
  });

  it('asks in batches, puts answers in the order of the texts, and scales them', async () => {
    answer = lengths;
    const embedder = await openEndpointEmbedder({ baseUrl, model: 'toy', apiKey: 'k' });
    expect(embedder.dimensions).toBe(2);
    requests.length = 0;
    const texts = Array.from({ length: 70 }, (_, at) => 'x'.repeat(at));
    const vectors = await embedder.embed(texts);
    expect(requests.map(({ input }) => input.length)).toEqual([64, 6]);
    expect(requests[0].authorization).toBe('Bearer k');
    for (const [at, [x, y]] of vectors.entries()) {
      expect(x / y).toBeCloseTo(Math.max(1, at), 3);
      expect(Math.hypot(x, y)).toBeCloseTo(1, 5);
    }
  });

  it('says why where nobody answers', async () => {
    const nowhere = { baseUrl: 'http://127.0.0.1:1/v1', model: 'toy' };
    await expect(openEndpointEmbedder(nowhere)).rejects.toThrow(/embeddings: fetch failed: .+/);
  });

  it('refuses a status, a missing text, another shape and a change of dimensions', async () => {
    answer = lengths;
    const embedder = await openEndpointEmbedder({ baseUrl, model: 'toy' });
    for (const wrong of [
      () => undefined,
      () => ({ data: [] }),
      () => ({ vectors: [] }),
      () => ({ data: [{ index: 1, embedding: [1, 2] }] }),
      () => ({ data: [{ index: 0, embedding: [1, 2, 3] }] }),
    ]) {
      answer = wrong;
      await expect(embedder.embed(['a'])).rejects.toMatchObject({
        code: 'semantic.endpoint-failed',
      });
    }
  });
});

describe('openOnnxEmbedder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'context-onnx-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const letters: Tokenizer = {
    name: 'letters',
    vocabularySize: 3,
    encode: (text) =>
      Uint32Array.from([...String(text)].map((letter) => letter.charCodeAt(0) - 97)),
    decode: (tokens) => String.fromCharCode(...tokens),
  };
  const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };

  it('gives the mean of the last states, scaled', async () => {
    const table = [
      [1, 0],
      [0, 1],
      [3, 4],
    ];
    const path = await write('encoder.onnx', tinyEncoder(table, 'input_ids'));
    const embedder = await openOnnxEmbedder({ path, tokenizer: letters, mostTokens: 3 });
    expect(embedder.dimensions).toBe(2);
    const vectors = await embedder.embed(['c', 'ab', 'abba', '']);
    const mean = Math.hypot(1, 2);
    expect(vectors.map((vector) => [...vector])).toEqual(
      [
        [0.6, 0.8],
        [Math.SQRT1_2, Math.SQRT1_2],
        [1 / mean, 2 / mean],
        [0, 0],
      ].map((vector) => vector.map((number) => expect.closeTo(number, 5))),
    );
  });

  it('spells no more of a long text than the model reads', async () => {
    const path = await write('long.onnx', tinyEncoder([[1], [2]], 'input_ids'));
    let most = 0;
    const encode: Tokenizer['encode'] = (text) => {
      most = Math.max(most, text.length);
      return letters.encode(text);
    };
    const tokenizer = { ...letters, encode };
    const embedder = await openOnnxEmbedder({ path, tokenizer, mostTokens: 8 });
    const [vector] = await embedder.embed(['ab'.repeat(100_000)]);
    expect([...vector]).toEqual([1]);
    expect(most).toBe(512);
  });

  it('refuses a file that is no model, none at all, and inputs that it does not know', async () => {
    const paths = [
      await write('text.onnx', 'this is text'),
      join(folder, 'missing.onnx'),
      await write('foreign.onnx', tinyEncoder([[1]], 'pixel_values')),
    ];
    for (const path of paths) {
      await expect(openOnnxEmbedder({ path, tokenizer: letters })).rejects.toMatchObject({
        code: 'semantic.bad-model',
      });
    }
  });
});
