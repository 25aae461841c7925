import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { publishFile } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type GeneratedRequest,
  keyLogLines,
  mooncakeLines,
  packedFor,
  prefixEventLines,
} from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-writers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const rows = fc.array(
  fc.record({
    timeMillis: fc.maxSafeNat(),
    inputTokens: u32,
    outputTokens: u32,
    blocks: fc.array(u32, { maxLength: 30 }).map((ids) => Uint32Array.from(ids)),
    tenant: u32,
    session: fc.option(u32, { nil: undefined }),
  }),
);

function textOf(parts: Iterable<Uint8Array>): string {
  return Buffer.concat([...parts]).toString('utf8');
}

const REQUEST: GeneratedRequest = {
  timeMillis: 61,
  tenant: 3,
  session: 17,
  workload: 'chat',
  inputTokens: 1600,
  outputTokens: 20,
  blocks: Uint32Array.of(5, 6, 9, 11),
  sharedBlocks: 3,
};

describe('mooncakeLines', () => {
  it('writes a line a request, worked by hand', () => {
    expect(textOf(mooncakeLines([REQUEST]))).toBe(
      '{"timestamp":61,"input_length":1600,"output_length":20,"hash_ids":[5,6,9,11]}\n',
    );
  });

  it('says what JSON says, for any number', () => {
    fc.assert(
      fc.property(rows, (requests) => {
        const expected = requests.map((request) =>
          JSON.stringify({
            timestamp: request.timeMillis,
            input_length: request.inputTokens,
            output_length: request.outputTokens,
            hash_ids: [...request.blocks],
          }),
        );
        const labelled = requests.map(({ tenant, session }, i) => ({
          ...JSON.parse(expected[i]),
          tenant: String(tenant),
          ...(session === undefined ? {} : { session_id: String(session) }),
        }));
        const lines = (texts: readonly string[]) => texts.map((line) => `${line}\n`).join('');
        expect(textOf(mooncakeLines(requests))).toBe(lines(expected));
        expect(textOf(mooncakeLines(requests, { labels: true }))).toBe(
          lines(labelled.map((line) => JSON.stringify(line))),
        );
      }),
    );
  });

  it('gives each id a u64 of its own, all digits kept', () => {
    const mask = 2n ** 64n - 1n;
    const mixed = (id: number): bigint => {
      let x = (BigInt(id) + 0x9e3779b97f4a7c15n) & mask;
      x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
      x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & mask;
      return x ^ (x >> 31n);
    };
    fc.assert(
      fc.property(rows, (requests) => {
        const text = textOf(mooncakeLines(requests, { ids: 'u64' }));
        const lists = [...text.matchAll(/\[(.*?)\]/g)].map(([, list]) => list);
        expect(lists).toEqual(requests.map(({ blocks }) => Array.from(blocks, mixed).join()));
      }),
    );
  });
});

describe('packedFor', () => {
  it.each([
    ['a.jsonl', (bytes: Buffer) => bytes],
    ['a.jsonl.gz', gunzipSync],
    ['a.jsonl.zst', zstdDecompressSync],
  ])('packs %s by its ending', async (name, unpack) => {
    const path = join(folder, name);
    const many = Array.from({ length: 40_000 }, () => REQUEST);
    await publishFile(path, packedFor(path, mooncakeLines(many)));
    expect(unpack(readFileSync(path)).toString()).toBe(textOf(mooncakeLines(many)));
  });

  it.each(['b.jsonl.gz', 'b.jsonl.zst'])('publishes no %s where the source fails', async (name) => {
    const path = join(folder, name);
    const failing = function* (): Generator<Uint8Array> {
      yield new Uint8Array(1 << 20);
      throw new Error('no more');
    };
    await expect(publishFile(path, packedFor(path, failing()))).rejects.toThrow('no more');
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });
});

describe('keyLogLines', () => {
  it('writes a row a request, as CSV or JSON', () => {
    expect(textOf(keyLogLines([REQUEST], { layout: 'csv', bytesPerToken: 2 }))).toBe(
      'key,size,timestamp,tenant\ntenant-03/chat/session-000017,3200,61,tenant-03\n',
    );
    expect(textOf(keyLogLines([REQUEST], { layout: 'jsonl', bytesPerToken: 2 }))).toBe(
      '{"key":"tenant-03/chat/session-000017","size":3200,"timestamp":61,"tenant":"tenant-03"}\n',
    );
  });
});

describe('prefixEventLines', () => {
  it('fetches the shared head, one event a layer and a run of pages', () => {
    const options = { modelId: 'm', layers: 1, pageBytes: 1_000_000 };
    const events = textOf(prefixEventLines([REQUEST], options))
      .trim()
      .split('\n');
    const common = { prefix_id: 'prefix-9', tenant: 'tenant-03', model_id: 'm', layer: 0 };
    expect(events.map((line) => JSON.parse(line))).toEqual([
      { ...common, page_start: 5, page_end: 6, bytes: 2e6, latency_ms: 0.15, timestamp_ms: 61 },
      { ...common, page_start: 9, page_end: 9, bytes: 1e6, latency_ms: 0.1, timestamp_ms: 61 },
    ]);
    expect(textOf(prefixEventLines([{ ...REQUEST, sharedBlocks: 0 }], options))).toBe('');
  });
});
