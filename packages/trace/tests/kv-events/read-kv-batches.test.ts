import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KvEvent } from '../../src/kv-events/kv-event.ts';
import {
  type KvRecord,
  looksLikeKvEvents,
  readKvBatches,
} from '../../src/kv-events/read-kv-batches.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kv-events-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${files++}.log`);
  await writeFile(path, content);
  return path;
}

async function readAll(content: string | Uint8Array): Promise<readonly KvRecord[]> {
  return Array.fromAsync(readKvBatches(await fileOf(content)));
}

async function eventsOf(content: string | Uint8Array): Promise<readonly KvEvent[]> {
  const records = await readAll(content);
  return records.flatMap((read) => ('batch' in read ? read.batch.events : []));
}

const MOST = 2n ** 64n - 1n;
const msgpack = (value: unknown): Uint8Array => encode(value, { useBigInt64: true });

describe('readKvBatches', () => {
  it('reads the same batch from msgpack and JSON, tagged lists and maps, packed or not', async () => {
    const fields = {
      block_hashes: [MOST, 5n],
      parent_block_hash: 3n,
      token_ids: [1, 2, 3, 4],
      block_size: 2,
    };
    const list = [1.5, [['BlockStored', ...Object.values(fields), null, 'GPU', 'alice']], 1];
    const map = {
      ts: 1.5,
      events: [{ type: 'BlockStored', ...fields, medium: 'GPU', lora_name: 'alice' }],
      data_parallel_rank: 1,
    };
    const json = (value: unknown): string =>
      JSON.stringify(value, (_key, item) =>
        typeof item === 'bigint' ? `#${item}#` : item,
      ).replace(/"#|#"/g, '');
    const batch = {
      timeMillis: 1500,
      rank: 1,
      events: [
        {
          kind: 'stored',
          hashes: [`${MOST}`, '5'],
          parentHash: '3',
          blockSize: 2,
          medium: 'GPU',
          loraName: 'alice',
        },
      ],
    };
    for (const value of [list, map]) {
      for (const plain of [msgpack(value), Buffer.from(json(value))]) {
        for (const content of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
          expect(await readAll(content)).toEqual([{ record: 1, batch }]);
          expect(await looksLikeKvEvents(await fileOf(content))).toBe(true);
        }
      }
    }
  });

  it('names a hash by its bytes, or by the u64 of its bits', async () => {
    const hashes = [new Uint8Array([0, 255, 16]), -1n, MOST, 7, 'abc'];
    const [removed, cleared] = await eventsOf(
      msgpack([0, [['BlockRemoved', hashes, 'CPU'], ['AllBlocksCleared'], ['SomethingNew', 1]]]),
    );
    expect(removed).toEqual({
      kind: 'removed',
      hashes: ['00ff10', `${MOST}`, `${MOST}`, '7', 'abc'],
      medium: 'CPU',
    });
    expect(cleared).toEqual({ kind: 'cleared' });
  });

  it('takes arrays that stop early, and counts the tokens where no block size is told', async () => {
    const [short, bare] = await eventsOf(
      '[0,[["BlockStored",[1,2],null,[9,9,9,9]],["BlockStored",[3]]]]',
    );
    expect(short).toEqual({ kind: 'stored', hashes: ['1', '2'], blockSize: 2 });
    expect(bare).toEqual({ kind: 'stored', hashes: ['3'], blockSize: 0 });
  });

  it('keeps every u64 of a JSON line exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: 0n, max: MOST }), { minLength: 1 }),
        async (hashes) => {
          const [event] = await eventsOf(`[0,[["BlockRemoved",[${hashes.join(',')}]]]]`);
          expect(event).toEqual({ kind: 'removed', hashes: hashes.map(String) });
        },
      ),
      { numRuns: 20 },
    );
  });

  it('says of a bad record its number and why, and nothing of what it held', async () => {
    const lines = [
      '[0,[]]',
      'secret',
      '',
      '{"ts":"x","events":[]}',
      '[0,[["BlockStored",["a",{}]]]]',
      '[0,[5]]',
      '[0]',
    ];
    expect(await readAll(lines.join('\n'))).toEqual([
      { record: 1, batch: { timeMillis: 0, events: [] } },
      { record: 2, reason: 'not JSON' },
      { record: 4, reason: 'ts is missing or is no number' },
      { record: 5, reason: 'block_hashes holds something else than hashes' },
      { record: 6, reason: 'an event is neither a tagged list nor a map' },
      { record: 7, reason: 'events is missing or is no list' },
    ]);
  });

  it('keeps what comes before a torn end', async () => {
    const whole = msgpack([0, [['AllBlocksCleared']]]);
    const torn = Buffer.concat([whole, whole.subarray(0, 10)]);
    expect(await readAll(torn)).toMatchObject([
      { record: 1 },
      { record: 2, reason: expect.stringMatching(/breaks off/) },
    ]);
  });

  it('refuses a file that is not there', async () => {
    const reading = Array.fromAsync(readKvBatches(join(folder, 'missing')));
    await expect(reading).rejects.toMatchObject({ code: 'trace.no-file' });
  });
});

describe('looksLikeKvEvents', () => {
  it.each(['{"timestamp":1,"hash_ids":[1]}', '[{"a":1}]', 'key,size\n1,2\n', '{"events":[]}'])(
    'is not fooled by %s',
    async (text) => {
      expect(await looksLikeKvEvents(await fileOf(text))).toBe(false);
    },
  );

  it('passes over Parquet', async () => {
    const head = await readFile(await fileOf('PAR1\0\0\0'));
    expect(await looksLikeKvEvents(await fileOf(head))).toBe(false);
  });
});
