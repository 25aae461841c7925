import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import parquetjs from 'parquetjs-lite';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('interop');
const keys = ['tools/search', 'tools/fetch', 'tools/search', 'chat/hello'];

/** Every row that parquetjs-lite finds in a file. */
async function readWithParquetjs(path: string): Promise<readonly Record<string, unknown>[]> {
  const reader = await parquetjs.ParquetReader.openFile(path);
  const cursor = reader.getCursor();
  const rows = [];
  for (let row = await cursor.next(); row !== null; row = await cursor.next()) rows.push(row);
  await reader.close();
  return rows;
}

/** Exports a log of `keys` as cut at `/`; the same document whoever wrote the file. */
async function exportKeys(path: string) {
  const out = `${path}.json`;
  const outcome = await runCli('export-wavespec', [
    '--logs',
    path,
    '--prefix-mode',
    'delimiter',
    '--out',
    out,
    '--json',
  ]);
  expect(outcome.stderr).toBe('');
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    requests: 4,
    distinctBlocks: 5,
    quarantined: 0,
  });
  return JSON.parse(readFileSync(out, 'utf8'));
}

describe('Parquet of other writers', () => {
  it('is read alike from parquetjs-lite, hyparquet and CSV', async () => {
    const lite = join(folder, 'lite.parquet');
    const schema = new parquetjs.ParquetSchema({
      key: { type: 'UTF8', compression: 'SNAPPY' },
      size: { type: 'INT64' },
    });
    const writer = await parquetjs.ParquetWriter.openFile(schema, lite);
    for (const key of keys) await writer.appendRow({ key, size: 10 });
    await writer.close();

    const hyparquet = join(folder, 'hyparquet.parquet');
    const columnData = [
      { name: 'key', data: keys },
      { name: 'size', data: keys.map(() => 10n) },
    ];
    writeFileSync(hyparquet, Buffer.from(parquetWriteBuffer({ columnData })));

    const csv = join(folder, 'keys.csv');
    writeFileSync(csv, `key,size\n${keys.map((key) => `${key},10\n`).join('')}`);

    const [fromCsv, fromLite, fromHyparquet] = [
      await exportKeys(csv),
      await exportKeys(lite),
      await exportKeys(hyparquet),
    ];
    for (const other of [fromLite, fromHyparquet]) {
      expect(other.cohorts).toEqual(fromCsv.cohorts);
      expect(other.pack_order).toEqual(fromCsv.pack_order);
      expect(other.meta.approx_bytes).toBe(40);
    }
  });
});

describe('Parquet of ours', () => {
  it('is read alike by parquetjs-lite and hyparquet', async () => {
    const ids = ['18446744073709551615', '9223372036854775808'];
    const trace = join(folder, 'trace.jsonl');
    const line = `{"timestamp": 5, "input_length": 1000, "output_length": 1, "hash_ids": [${ids.join(', ')}]}\n`;
    writeFileSync(trace, line.repeat(2));
    const blocks = join(folder, 'blocks.parquet');
    const words = [
      '--logs',
      trace,
      '--model',
      'llama-3.1-8b',
      '--blocks',
      blocks,
      '--out',
      join(folder, 'w.json'),
    ];
    expect(await runCli('export-wavespec', [...words, '--quiet'])).toMatchObject({
      status: 0,
      stderr: '',
    });

    const expected = [
      {
        id: ids[0],
        parent: null,
        depth: 1n,
        count: 2n,
        first_seen_ms: 5,
        last_seen_ms: 5,
        tokens: 512,
        bytes: 512 * 131_072,
        tenants: 1n,
      },
      {
        id: ids[1],
        parent: ids[0],
        depth: 2n,
        count: 2n,
        first_seen_ms: 5,
        last_seen_ms: 5,
        tokens: 488,
        bytes: 488 * 131_072,
        tenants: 1n,
      },
    ];
    const byId = (rows: readonly Record<string, unknown>[]) =>
      rows.toSorted((a, b) => Number(a.depth) - Number(b.depth));
    const file = await asyncBufferFromFile(blocks);
    expect(byId(await parquetReadObjects({ file, compressors }))).toEqual(expected);
    const lite = byId(await readWithParquetjs(blocks));
    expect(lite.map((row) => ({ ...row, parent: row.parent ?? null }))).toEqual(expected);
  });
});

describe('parquetjs-lite', () => {
  it('writes int64 beyond 2^53 wrong, which is why it is on no data path', async () => {
    const path = join(folder, 'int64.parquet');
    const schema = new parquetjs.ParquetSchema({ id: { type: 'INT64' } });
    const writer = await parquetjs.ParquetWriter.openFile(schema, path);
    await writer.appendRow({ id: 2n ** 53n + 1n });
    await writer.close();
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
    expect(rows).not.toEqual([{ id: 2n ** 53n + 1n }]);
  });
});
