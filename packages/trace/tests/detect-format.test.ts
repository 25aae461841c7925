import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { detectFormat, formatNamed } from '../src/detect-format.ts';
import { TRACE_FORMATS } from '../src/formats/registry.ts';
import { takeSample } from '../src/take-sample.ts';
import type { SampleColumn, TraceOptions } from '../src/trace-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-detect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PARQUET: readonly SampleColumn[] = [
  { name: 'timestamp', kind: 'i64' },
  { name: 'input_length', kind: 'i64' },
  { name: 'hash_ids', kind: 'list' },
];

async function detect(content: string | Buffer, options: TraceOptions = {}): Promise<string> {
  const path = join(folder, 'log.bin');
  writeFileSync(path, content);
  const sample = await takeSample(path, options, async () => PARQUET);
  return detectFormat(TRACE_FORMATS, sample).format.name;
}

const MOONCAKE = '{"timestamp":0,"input_length":3,"output_length":1,"hash_ids":[1]}\n';

/** First lines of our own making, after each format's description. */
const FIRST_LINES: Readonly<Record<string, string>> = {
  mooncake: MOONCAKE,
  'kvcache-ai': '{"hash_ids":[1],"input_length":3,"block_size":16}',
  weka: '{"id":"a","models":[],"block_size":64,"hash_id_scope":"local","requests":[{"t":0',
  'qwen-bailian':
    '{"chat_id":1,"parent_chat_id":-1,"timestamp":0.1,"input_length":3,"output_length":1,"type":"text","turn":1,"hash_ids":[1]}',
  'lmcache-lookup': '{"timestamp":1,"chunk_size":256,"seq_len":600,"chunk_hashes":["0x1","0x2"]}',
  'token-ids': '{"input_toks":1,"output_toks":1,"arrival_time_ns":5,"input_tok_ids":[7]}',
  'prefix-events':
    '{"prefix_id":"p","tenant":"t","layer":"0","page_start":0,"page_end":1,"bytes":1,"timestamp_ms":0}',
  keys: 'key,size\na,1\n',
  azure: 'TIMESTAMP,ContextTokens,GeneratedTokens\r\n',
  burstgpt: 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n',
  vidur: 'arrived_at,num_prefill_tokens,num_decode_tokens\n',
  splitwise: 'arrival_timestamp,prompt_size,token_size\n',
};

describe('detectFormat', () => {
  it.each(Object.entries(FIRST_LINES))('knows %s by its content', async (name, line) => {
    expect(await detect(line)).toBe(name);
  });

  it('knows Parquet of requests by its magic and columns', async () => {
    expect(await detect('PAR1…')).toBe('requests');
  });

  it('has an example for every format', () => {
    const names = TRACE_FORMATS.map(({ name }) => name).sort();
    expect([...Object.keys(FIRST_LINES), 'requests'].sort()).toEqual(names);
  });

  it('reads through gzip, zstd, a byte order mark and blank lines', async () => {
    expect(await detect(gzipSync(MOONCAKE))).toBe('mooncake');
    expect(await detect(zstdCompressSync(Buffer.from(MOONCAKE)))).toBe('mooncake');
    expect(await detect(`\ufeff\n\n${MOONCAKE}`)).toBe('mooncake');
  });

  it('finds keys behind a list that is longer than the first look', async () => {
    const ids = Array.from({ length: 50_000 }, (_, i) => i).join(',');
    expect(await detect(`{"hash_ids":[${ids}],"input_length":1,"block_size":16}`)).toBe(
      'kvcache-ai',
    );
  });

  it('takes the key column that an option names', async () => {
    await expect(detect('id,size\na,1\n')).rejects.toThrow('trace.unknown-format');
    expect(await detect('id,size\na,1\n', { columns: { key: 'id' } })).toBe('keys');
    const quoted = '"the, ""id""",size\na,1\n';
    expect(await detect(quoted, { columns: { key: 'the, "id"' } })).toBe('keys');
    await expect(detect('id,size\na,1\n', { columns: { key: 'it' } })).rejects.toThrow(
      /trace\.missing-columns: .*lacks it, .*it has id, size/,
    );
  });

  it('names what the nearest format still needs', async () => {
    const nearly = '{"timestamp":0,"input_length":3,"hash_idz":[1]}';
    await expect(detect(nearly)).rejects.toThrow(
      /trace.unknown-format: .*JSON keys timestamp \(number\), input_length \(number\), hash_idz \(list\)\. Nearest is mooncake.*needs output_length, hash_ids/,
    );
  });

  it('refuses to choose where two formats fit', async () => {
    const both = '{"prefix_id":"p","page_start":0,"page_end":1,"timestamp_ms":0,"key":"k"}';
    await expect(detect(both)).rejects.toThrow('trace.ambiguous-format');
  });

  it('quotes nothing that would move a cursor', async () => {
    const error = await detect('\x1b[2J\x07ab,c\n').catch((e: Error) => e.message);
    expect(error).toMatch(/a first line with \?\[2J\?ab, c/);
  });

  it('shortens what it quotes of a line without end', async () => {
    const error = await detect('x'.repeat(3_000_000)).catch((e: Error) => e.message);
    expect(error).toMatch(/trace\.unknown-format/);
    expect(String(error).length).toBeLessThan(600);
  });
});

describe('takeSample', () => {
  const sampleOf = (path: string) => takeSample(path, {}, async () => PARQUET);

  it('tells a missing file, a folder, an empty and a damaged file apart', async () => {
    await expect(sampleOf(join(folder, 'absent'))).rejects.toThrow('trace.no-file');
    await expect(sampleOf(folder)).rejects.toThrow(
      /trace\.not-a-file: .* is a folder; name its files/,
    );
    await expect(sampleOf('/dev/null')).rejects.toThrow(/is a device or a pipe/);
    await expect(detect('')).rejects.toThrow('trace.empty-file');
    await expect(detect(' \n\n')).rejects.toThrow('trace.empty-file');
    await expect(detect(gzipSync(''))).rejects.toThrow('trace.empty-file');
    await expect(detect(gzipSync(MOONCAKE).subarray(0, 30))).rejects.toThrow('trace.damaged-file');
  });
});

describe('takeSample of a pipe that nobody writes to', () => {
  it('refuses it and does not wait', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const sampled = takeSample(pipe, {}, async () => PARQUET);
    await expect(sampled).rejects.toThrow(/is a device or a pipe/);
  });
});

describe('formatNamed', () => {
  it('lists the formats that there are', () => {
    expect(formatNamed(TRACE_FORMATS, 'weka').name).toBe('weka');
    expect(() => formatNamed(TRACE_FORMATS, 'wekka')).toThrow(
      /trace.no-such-format: .*mooncake, requests/,
    );
  });
});
