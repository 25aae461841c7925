import { existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mooncakeLines, useScratch } from './scratch.ts';

const { read, write, pathOf } = useScratch();

const GOOD = mooncakeLines([{ t: 0, ids: [1, 2] }]);
const many = (count: number): string =>
  mooncakeLines(Array.from({ length: count }, (_, i) => ({ t: i, ids: [0, i + 1] })));

/** Reads with every bad record allowed; gives the quarantine. */
async function quarantined(
  content: string,
): Promise<{ record: number; reason: string; text?: string }[]> {
  const quarantinePath = pathOf('quarantine.jsonl');
  await read([write('bad.jsonl', content)], { quarantinePath, maxBadRatio: 1, format: 'mooncake' });
  return readFileSync(quarantinePath, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe('bad records', () => {
  it.each([
    ['{"timestamp":0', 'not a JSON object'],
    ['"text"', 'not a JSON object'],
    ['[1,2]', 'not a JSON object'],
    ['{"input_length":512,"hash_ids":[1]}', 'timestamp is missing or is no number'],
    ['{"timestamp":0,"hash_ids":[1]}', 'input_length is missing or is no number'],
    [
      '{"timestamp":0,"input_length":"many","hash_ids":[1]}',
      'input_length is missing or is no number',
    ],
    ...['[1.5]', '[1, 2.25]', '["0.5"]', '[1.2345e18]'].map((ids) => [
      `{"timestamp":0,"input_length":${512 * ids.split(',').length},"hash_ids":${ids}}`,
      'hash_ids holds something else than whole numbers from 0 to 2^64 − 1',
    ]),
    [
      '{"timestamp":0,"input_length":-5,"hash_ids":[]}',
      'input_length is -5.0; accepted is a whole number from 0 to 4294967295',
    ],
    [
      '{"timestamp":0,"input_length":1.5,"hash_ids":[1]}',
      'input_length is 1.5; accepted is a whole number from 0 to 4294967295',
    ],
    [
      '{"timestamp":0,"input_length":1e12,"hash_ids":[1]}',
      'input_length is 1000000000000.0; accepted is a whole number from 0 to 4294967295',
    ],
    [
      '{"timestamp":NaN,"input_length":512,"hash_ids":[1]}',
      'timestamp is nan; accepted is a finite number',
    ],
    ['{"timestamp":0,"input_length":512,"hash_ids":7}', 'hash_ids is missing or is no list'],
    [
      '{"timestamp":0,"input_length":512,"hash_ids":[-1]}',
      'hash_ids holds something else than whole numbers from 0 to 2^64 − 1',
    ],
    [
      '{"timestamp":0,"input_length":512,"hash_ids":[18446744073709551616]}',
      'hash_ids holds something else than whole numbers from 0 to 2^64 − 1',
    ],
    [
      '{"timestamp":0,"input_length":513,"hash_ids":[1]}',
      'hash_ids has 1 ids; 513 tokens of input in blocks of 512 make 2; is the block size right?',
    ],
  ])('%s', async (line, reason) => {
    const [bad] = await quarantined(`${GOOD}${line}\n`);
    expect(bad).toMatchObject({ record: 2, reason, text: line });
  });

  it('are named by file, line and reason once there are too many, and nothing is written', async () => {
    const quarantinePath = pathOf('unwritten.jsonl');
    const file = write('half.jsonl', `${GOOD}nonsense\n`);
    await expect(read([file], { quarantinePath })).rejects.toThrow(
      /ingest.too-many-bad: 1 of 2 records are bad, more than the 1 % accepted.*half.jsonl:2: not a JSON object/,
    );
    expect(existsSync(pathOf('unwritten.jsonl'))).toBe(false);
  });

  it('are put up with below the ratio', async () => {
    const { quality, columns } = await read([write('few.jsonl', `${many(200)}nonsense\n`)]);
    expect(quality).toMatchObject({ records: 201, quarantined: 1 });
    expect(columns.timeMillis.length).toBe(200);
  });

  it('negative sizes and NaN of a key log', async () => {
    const quarantinePath = pathOf('sizes.jsonl');
    const file = write('sizes.csv', 'key,size\na,1\nb,-1\nc,NaN\nd,\n,5\n');
    const trace = await read([file], { quarantinePath, maxBadRatio: 1 });
    expect(trace.columns.timeMillis.length).toBe(1);
    const reasons = readFileSync(quarantinePath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).reason);
    expect(reasons).toEqual([
      'size is -1.0; accepted is 0 or more',
      'size is nan; accepted is a finite number',
      'size is missing or is no number',
      'key is missing or is no text',
    ]);
  });

  it('a page range that ends before it begins', async () => {
    const event =
      '{"prefix_id":"p","tenant":"t","layer":0,"page_start":5,"page_end":4,"bytes":1,"timestamp_ms":0}\n';
    await expect(read([write('pages.jsonl', event)])).rejects.toThrow(
      'page_end is less than page_start',
    );
  });
});

describe('bad files', () => {
  it('are refused by a code each', async () => {
    await expect(read([])).rejects.toThrow('ingest.no-files');
    await expect(read([pathOf('absent.jsonl')])).rejects.toThrow('trace.no-file');
    await expect(read([pathOf('.')])).rejects.toThrow('trace.not-a-file');
    await expect(read([write('empty.jsonl', '')])).rejects.toThrow('trace.empty-file');
    await expect(read([write('header.csv', 'key,size\n')])).rejects.toThrow('ingest.no-requests');
    await expect(read([write('prose.txt', 'dear diary\n')])).rejects.toThrow(
      'trace.unknown-format',
    );
    await expect(read([write('no-magic.parquet', 'PAR1 and no more')])).rejects.toThrow(/engine\./);
  });

  it('a truncated gzip is refused, also past its beginning', async () => {
    const noise = mooncakeLines(
      Array.from({ length: 20_000 }, (_, i) => ({
        t: i,
        ids: [(BigInt(i) * 0x9e3779b97f4a7c15n) % 2n ** 64n],
      })),
    );
    const packed = gzipSync(noise);
    const file = write('cut.jsonl.gz', packed.subarray(0, packed.length - 1000));
    await expect(read([file])).rejects.toThrow(/engine\.|trace\.damaged-file/);
  });

  it('a named format that cannot be in such a file is refused', async () => {
    const file = write('text.jsonl', GOOD);
    await expect(read([file], { format: 'requests' })).rejects.toThrow(
      /trace.wrong-layout: .*text.jsonl is JSON or CSV text; requests is read from parquet/,
    );
  });

  it('two formats in one run are refused', async () => {
    const keys = write('mixed.csv', 'key\na\n');
    await expect(read([write('mixed.jsonl', GOOD), keys])).rejects.toThrow('trace.mixed-formats');
  });

  it('a single line of 200 MB is quarantined or refused, and does not exhaust memory', async () => {
    const path = pathOf('long.jsonl');
    writeFileSync(path, '');
    const file = openSync(path, 'w');
    for (let i = 0; i < 200; i++) writeSync(file, 'x'.repeat(1_000_000));
    await expect(read([path], { format: 'mooncake' })).rejects.toThrow(
      /ingest.too-many-bad|engine\./,
    );
    expect(process.memoryUsage.rss()).toBeLessThan(2e9);
  });
});

describe('odd but sound files', () => {
  it.each([
    ['no last newline', GOOD.trimEnd()],
    ['CRLF', GOOD.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['blank lines', `\n${GOOD}\n\n`],
  ])('%s', async (_, content) => {
    const { columns, quality } = await read([write('odd.jsonl', content)]);
    expect([columns.blocks.length, quality.quarantined]).toEqual([2, 0]);
  });

  it('keeps u64 ids exact to 2^64 − 1', async () => {
    const ids = [2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
    const { names } = await read([write('wide.jsonl', mooncakeLines([{ t: 0, ids }]))]);
    expect(ids.map((_, block) => names.nameOf(block))).toEqual(ids.map(String));
  });

  it('counts an id under two parents, and refuses a log full of them', async () => {
    const twice = mooncakeLines([
      { t: 0, ids: [1001, 1002, 1003] },
      { t: 1, ids: [1009, 1002, 1003] },
    ]);
    const { quality } = await read([write('some.jsonl', `${many(500)}${twice}`)], {
      maxBadRatio: 0.5,
    });
    expect(quality).toMatchObject({ parentConflicts: 2, conflictReferences: 2 });
    await expect(read([write('all.jsonl', twice)])).rejects.toThrow(
      /ingest.too-many-conflicts: 2 of 6 block references.*id 1002/,
    );
  });

  it('drops and names a file that repeats another', async () => {
    const a = write('a.jsonl', GOOD);
    const b = write('b.jsonl', GOOD.replaceAll(' ', ''));
    const { columns, quality } = await read([a, b]);
    expect(columns.timeMillis.length).toBe(1);
    expect(quality.duplicateFiles).toEqual([{ file: b, sameAs: a }]);
  });

  it('sorts by time, ties in the order of reading, and renumbers blocks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ t: fc.nat(5), ids: fc.uniqueArray(fc.nat(6), { minLength: 1 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        async (requests) => {
          const sorted = [...requests].sort((x, y) => x.t - y.t);
          const [mixed, inOrder] = [
            await read([write('mixed-times.jsonl', mooncakeLines(requests))], { maxBadRatio: 1 }),
            await read([write('sorted-times.jsonl', mooncakeLines(sorted))], { maxBadRatio: 1 }),
          ];
          expect([...mixed.columns.blocks]).toEqual([...inOrder.columns.blocks]);
          expect([...mixed.columns.parents]).toEqual([...inOrder.columns.parents]);
          expect([...mixed.columns.offsets]).toEqual([...inOrder.columns.offsets]);
          const nameAll = (trace: typeof mixed): string[] =>
            [...trace.columns.blocks].map(trace.names.nameOf);
          expect(nameAll(mixed)).toEqual(sorted.flatMap(({ ids }) => ids.map(String)));
          expect(nameAll(inOrder)).toEqual(nameAll(mixed));
        },
      ),
      { numRuns: 30 },
    ));
});
