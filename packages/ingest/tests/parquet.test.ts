import { readFileSync } from 'node:fs';
import {
  call,
  col,
  F64,
  fieldsOf,
  I64,
  lit,
  project,
  scan,
  TEXT,
  tryCast,
  U64,
} from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { readKeyRows } from '../src/index.ts';
import { useScratch } from './scratch.ts';

const { read, pathOf, engine } = useScratch();

const rows = scan({
  format: 'values',
  columns: fieldsOf({ when: F64, tokens: I64, a: U64, b: U64, tenant: TEXT }),
  rows: [
    ['5', '1024', '18446744073709551615', '9223372036854775808', 'x'],
    ['NaN', '1024', '1', '2', 'x'],
    ['6', '-3', '1', '2', 'x'],
    ['7', '9999', '1', '2', 'x'],
    ['4', '1000', '18446744073709551615', '7', null],
  ],
});

describe('readTrace on Parquet', () => {
  it('reads requests under other names, u64 ids exactly, and says what is wrong with a row', async () => {
    const path = pathOf('requests.parquet');
    await engine().writeParquet(
      project(rows, {
        timestamp_ms: col('when'),
        input_tokens: col('tokens'),
        hash_ids: call('list', col('a'), col('b')),
        tenant: col('tenant'),
        ids: col('a'),
      }),
      path,
    );
    const quarantinePath = pathOf('rows.jsonl');
    const { columns, names, tenants, quality } = await read([path], {
      quarantinePath,
      maxBadRatio: 1,
    });
    expect(quality).toMatchObject({ format: 'requests', quarantined: 3, outOfOrder: 1 });
    expect([...columns.timeMillis]).toEqual([4, 5]);
    expect([0, 1, 2].map(names.nameOf)).toEqual([
      '18446744073709551615',
      '7',
      '9223372036854775808',
    ]);
    expect([...columns.coveredTokens]).toEqual([1000, 1024]);
    expect([...columns.tenants].map((tenant) => tenants[tenant])).toEqual(['default', 'x']);
    const bad = readFileSync(quarantinePath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bad).toEqual([
      { file: path, record: 2, reason: 'timestamp_ms is nan; accepted is a finite number' },
      {
        file: path,
        record: 3,
        reason: 'input_tokens is -3.0; accepted is a whole number from 0 to 4294967295',
      },
      {
        file: path,
        record: 4,
        reason:
          'hash_ids has 2 ids; 9999 tokens of input in blocks of 512 make 20; is the block size right?',
      },
    ]);
  });

  it('names the columns that requests lack', async () => {
    const path = pathOf('lacking.parquet');
    await engine().writeParquet(
      project(rows, { hash_ids: call('list', col('a')), t: col('when') }),
      path,
    );
    await expect(read([path])).rejects.toThrow(
      /trace.unknown-format: .*Nearest is requests.*timestamp, input_length/,
    );
    await expect(read([path], { format: 'requests' })).rejects.toThrow('trace.missing-columns');
  });

  it('reads numeric keys as their digits, and hands them over as stored', async () => {
    const path = pathOf('keys.parquet');
    await engine().writeParquet(
      project(rows, { key: col('a'), size: tryCast(col('tokens'), F64), x: lit(1) }),
      path,
    );
    const trace = await read([path], { maxBadRatio: 1 });
    expect(trace.quality).toMatchObject({ format: 'keys', quarantined: 1 });
    expect(trace.names.nameOf(0)).toBe('1844');
    expect(trace.names.nameOf(1)).toBe('18446744073709551615');
    const { key, sizes } = await readKeyRows({ files: [path], engine: engine() });
    expect(key.type).toBe('integer');
    expect(sizes?.[2]).toBe(-3);
  });

  it('reads timestamps as times, and tells how much of the file it has read', async () => {
    const path = pathOf('stamped.parquet');
    const stamped = scan({
      format: 'values',
      columns: fieldsOf({ timestamp: TEXT, input_length: I64, id: U64 }),
      rows: [
        ['2024-01-01 00:00:01', '10', '1'],
        ['2024-01-01T00:00:02Z', '10', '1'],
      ],
    });
    await engine().writeParquet(
      project(stamped, {
        timestamp: col('timestamp'),
        input_length: col('input_length'),
        hash_ids: call('list', col('id')),
      }),
      path,
    );
    const shares: number[] = [];
    const { columns } = await read([path], {
      progress: ({ stage, readBytes, totalBytes }) => {
        if (stage === 'read') shares.push(readBytes / totalBytes);
      },
    });
    expect([...columns.timeMillis]).toEqual([
      Date.UTC(2024, 0, 1, 0, 0, 1),
      Date.UTC(2024, 0, 1, 0, 0, 2),
    ]);
    expect(shares.length).toBe(1);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });
});
