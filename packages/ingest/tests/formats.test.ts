import { describe, expect, it } from 'vitest';
import { useScratch } from './scratch.ts';

const { read, write } = useScratch();
const jsonl = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

const chainsOf = ({ columns, names }: Awaited<ReturnType<typeof read>>): string[][] =>
  [...columns.offsets.keys()]
    .slice(1)
    .map((end) =>
      [...columns.blocks.subarray(columns.offsets[end - 1], columns.offsets[end])].map(
        names.nameOf,
      ),
    );

describe('readTrace on small files of our own making', () => {
  it('kvcache-ai: takes the block size from the record', async () => {
    const file = write(
      'kvcache.jsonl',
      jsonl(
        { id: 1, timestamp: 5, input_length: 33, block_size: 16, hash_ids: [1, 2, 3] },
        { id: 2, timestamp: 9, input_length: 33, block_size: 16, hash_ids: [1, 2] },
      ),
    );
    const trace = await read([file]);
    expect(trace.quality).toMatchObject({ format: 'kvcache-ai', blockSize: 16 });
    expect([...trace.columns.coveredTokens]).toEqual([33, 32]);
  });

  it('kvcache-ai: refuses a second block size', async () => {
    const file = write(
      'two-sizes.jsonl',
      jsonl(
        { input_length: 16, block_size: 16, hash_ids: [1] },
        { input_length: 32, block_size: 32, hash_ids: [1] },
      ),
    );
    await expect(read([file])).rejects.toThrow(
      /two-sizes.jsonl:2: a block is 32 tokens here and 16 before/,
    );
  });

  it('qwen-bailian: seconds, 16 tokens, full blocks, a chat goes on with its parent’s session', async () => {
    const base = { output_length: 2, type: 'text', turn: 1 };
    const file = write(
      'bailian.jsonl',
      jsonl(
        {
          ...base,
          chat_id: 7,
          parent_chat_id: -1,
          timestamp: 0.5,
          input_length: 40,
          hash_ids: [1, 2, 3],
        },
        { ...base, chat_id: 8, parent_chat_id: -1, timestamp: 1, input_length: 16, hash_ids: [9] },
        {
          ...base,
          chat_id: 9,
          parent_chat_id: 7,
          timestamp: 1.25,
          input_length: 48,
          hash_ids: [1, 2, 4],
        },
      ),
    );
    const trace = await read([file]);
    expect([...trace.columns.timeMillis]).toEqual([500, 1000, 1250]);
    expect([...trace.columns.sessions]).toEqual([0, 1, 0]);
    expect([...trace.columns.coveredTokens]).toEqual([32, 16, 48]);
    expect(chainsOf(trace)).toEqual([['1', '2'], ['9'], ['1', '2', '4']]);
  });

  it('lmcache-lookup: hexadecimal hashes up to 2^64 − 1, full chunks', async () => {
    const file = write(
      'lookup.jsonl',
      jsonl({
        timestamp: 1700000000.5,
        request_id: 'r',
        model_name: 'm',
        chunk_size: 256,
        seq_len: 600,
        dtypes: [],
        shapes: [],
        chunk_hashes: ['0xffffffffffffffff', '0x1a'],
      }),
    );
    const trace = await read([file]);
    expect(chainsOf(trace)).toEqual([['18446744073709551615', '26']]);
    expect(trace.columns.coveredTokens[0]).toBe(512);
    expect(trace.columns.timeMillis[0]).toBe(1700000000500);
  });

  it('prefix-events: a prefix is a block, with its pages and bytes', async () => {
    const base = { tenant: 'acme', model_id: 'm', latency_ms: 1 };
    const file = write(
      'events.jsonl',
      jsonl(
        {
          ...base,
          prefix_id: 'p1',
          layer: 3,
          page_start: 0,
          page_end: 9,
          bytes: 4096,
          timestamp_ms: 20,
        },
        {
          ...base,
          prefix_id: 'p2',
          layer: 4,
          page_start: 5,
          page_end: 5,
          bytes: 1,
          timestamp_ms: 10,
        },
      ),
    );
    const trace = await read([file]);
    expect(chainsOf(trace)).toEqual([['p2'], ['p1']]);
    expect(trace.tenants).toEqual(['acme']);
    expect(trace.quality.outOfOrder).toBe(1);
    expect([...trace.bytes!]).toEqual([1, 4096]);
    expect([...trace.pages!.ends]).toEqual([5, 9]);
    expect([...trace.pages!.layers].map((layer) => trace.layers[layer])).toEqual(['4', '3']);
  });

  it('keys: CSV, JSONL and Parquet of the same rows give the same chains', async () => {
    const csv = write(
      'keys.csv',
      'key,size,tenant,timestamp\nuserA,128,a,3\nuserB,64,b,4\nuserA,16,a,5\n',
    );
    const fromCsv = await read([csv]);
    const rows = [
      { key: 'userA', size: 128, tenant: 'a', timestamp: 3 },
      { key: 'userB', size: 64, tenant: 'b', timestamp: 4 },
      { key: 'userA', size: 16, tenant: 'a', timestamp: 5 },
    ];
    const fromJson = await read([write('keys.jsonl', jsonl(...rows))]);
    for (const trace of [fromCsv, fromJson]) {
      expect(chainsOf(trace)).toEqual([
        ['user', 'userA'],
        ['user', 'userB'],
        ['user', 'userA'],
      ]);
      expect([...trace.bytes!]).toEqual([128, 64, 16]);
      expect([...trace.columns.timeMillis]).toEqual([3, 4, 5]);
      expect(trace.tenants).toEqual(['a', 'b']);
      expect([...trace.columns.inputTokens]).toEqual([2, 2, 2]);
    }
  });

  it('keys: columns by option, paths by separator, times by unit or ISO 8601', async () => {
    const file = write('paths.csv', 'path,when\na/b/c,1.5\na/b,2\n');
    const trace = await read([file], {
      options: {
        columns: { key: 'path', timestamp: 'when' },
        prefixMode: 'delimiter',
        timeUnit: 's',
      },
    });
    expect(chainsOf(trace)).toEqual([
      ['a', 'a/b', 'a/b/c'],
      ['a', 'a/b'],
    ]);
    expect([...trace.columns.timeMillis]).toEqual([1500, 2000]);
    const iso = write('iso.csv', 'key,time\na,2024-01-01T00:00:01Z\n');
    expect((await read([iso])).columns.timeMillis[0]).toBe(Date.UTC(2024, 0, 1, 0, 0, 1));
  });

  it('mooncake: whole ids as floats are ids, fractions elsewhere are nobody’s business', async () => {
    const line =
      '{"timestamp":0.5,"input_length":1000,"extra":[0.5],"hash_ids":[1.0,2e0],"more":[1.5]}\n';
    expect(chainsOf(await read([write('floats.jsonl', line)], { format: 'mooncake' }))).toEqual([
      ['1', '2'],
    ]);
  });

  it('keys: a column that one option names is not found for another meaning', async () => {
    const file = write('taken.csv', 'key,size\na,7\n');
    const trace = await read([file], { options: { columns: { key: 'size' } } });
    expect(chainsOf(trace)).toEqual([['7']]);
    expect(trace.bytes).toBeUndefined();
  });

  it('keys: columns named as ours are do not collide', async () => {
    const file = write('hostile.csv', 'key,record,time_ms,reason,in.key\nabcdef,1,2,3,4\n');
    expect(chainsOf(await read([file]))).toEqual([['abcd', 'abcdef']]);
  });

  it.each([
    [
      'burstgpt',
      'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n1.5,s,2,GPT-4,10,20,30,Conversation log\n',
    ],
    [
      'burstgpt',
      'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n1.5,GPT-4,10,20,30,API log\n',
    ],
    ['vidur', 'arrived_at,num_prefill_tokens,num_decode_tokens\n1.5,10,20\n'],
    ['splitwise', 'arrival_timestamp,prompt_size,token_size\n1.5,10,20\n'],
  ])('%s: lengths only', async (format, content) => {
    const { columns, quality } = await read([write('lengths.csv', content)]);
    expect(quality).toMatchObject({ format, lengthOnly: true });
    expect([columns.timeMillis[0], columns.inputTokens[0], columns.outputTokens[0]]).toEqual([
      1500, 10, 20,
    ]);
  });

  it('weka: a subagent’s requests stand at its start plus their own time, in a session of their own', async () => {
    const request = { type: 'n', model: 'm', in: 64, out: 1, hash_ids: [1] };
    const document = {
      id: 'c1',
      models: ['m'],
      block_size: 64,
      hash_id_scope: 'local',
      requests: [
        { t: 0, ...request },
        {
          t: 10,
          type: 'subagent',
          agent_id: 'a1',
          requests: [
            { t: 0, ...request },
            { t: 9, ...request },
          ],
        },
        { t: 12, ...request, in: 129, hash_ids: [1, 2] },
      ],
    };
    const trace = await read([write('weka.json', JSON.stringify(document))]);
    expect([...trace.columns.timeMillis]).toEqual([0, 10_000, 12_000, 19_000]);
    expect(trace.sessions).toEqual(['c1', 'c1/a1']);
    expect([...trace.columns.sessions]).toEqual([0, 1, 0, 1]);
    expect(trace.names.nameOf(1)).toBe('weka:2');
    expect(trace.columns.coveredTokens[2]).toBe(128);
  });

  it('token-ids: quarantined records are never quoted', async () => {
    const good = {
      input_toks: 17,
      output_toks: 1,
      arrival_time_ns: 5e6,
      input_tok_ids: Array.from({ length: 17 }, (_, i) => i),
    };
    const bad = { ...good, input_tok_ids: [-424242] };
    const quarantinePath = write('tokens-quarantine.jsonl', '');
    const trace = await read([write('tokens.jsonl', jsonl(good, bad))], {
      quarantinePath,
      maxBadRatio: 1,
    });
    expect(trace.columns.timeMillis[0]).toBe(5);
    expect(trace.columns.blocks.length).toBe(1);
    const { readFileSync } = await import('node:fs');
    const quarantined = readFileSync(quarantinePath, 'utf8');
    expect(quarantined).toContain('input_tok_ids holds something else');
    expect(quarantined).not.toContain('424242');
  });

  it('mooncake: reads Dynamo’s names for the same things', async () => {
    const file = write(
      'dynamo.jsonl',
      '{"session_id":"s","input_tokens":40,"output_tokens":3,"created_time":1.5,"hash_ids":[18446744073709551615,0,1]}\n',
    );
    const trace = await read([file], { options: { blockSize: 16 } });
    expect(chainsOf(trace)).toEqual([['18446744073709551615', '0', '1']]);
    expect(trace.sessions).toEqual(['s']);
  });
});
