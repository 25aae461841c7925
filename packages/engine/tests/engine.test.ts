import { readdir, readFile, stat } from 'node:fs/promises';
import {
  aggregate,
  asc,
  call,
  col,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  type Literal,
  limit,
  listOf,
  lit,
  parseJson,
  project,
  scan,
  sort,
  TEXT,
  U64,
  unnest,
} from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../src/index.ts';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const columns = fieldsOf({ id: U64, size: I64, weight: F64, name: TEXT });
const values = (rows: readonly (readonly Literal[])[]) => scan({ format: 'values', columns, rows });
const few = values([
  ['18446744073709551615', '-1', 'NaN', 'ключ'],
  ['9223372036854775808', null, '0.5', ''],
]);

/** 10^`digits` rows, without a file. */
function many(digits: number) {
  const ten = call('list', ...Array.from({ length: 10 }, (_, i) => lit(BigInt(i))));
  let plan = project(few, { n: lit(0n) });
  for (let i = 0; i < digits; i++) {
    const listed = extend(limit(plan, 10 ** i), { list: ten });
    const longer = unnest(listed, 'list', { item: 'digit' });
    plan = project(longer, { n: call('add', call('mul', col('n'), lit(10n)), col('digit')) });
  }
  return plan;
}

describe('stream', () => {
  it('gives typed vectors, u64 also as words, lists as offsets over their elements', async () => {
    const lists = extend(few, { both: call('list', col('id'), lit(7n, U64)) });
    for await (const {
      rowCount,
      columns: [id, size, weight, name, both],
    } of scratch.engine.stream(lists)) {
      expect(rowCount).toBe(2);
      if (id.kind !== 'u64' || size.kind !== 'i64' || weight.kind !== 'f64')
        throw new Error('kinds');
      if (name.kind !== 'text' || both.kind !== 'list' || both.child.kind !== 'u64')
        throw new Error('kinds');
      expect([...id.values]).toEqual([2n ** 64n - 1n, 2n ** 63n]);
      expect([...id.words]).toEqual([0xffff_ffff, 0xffff_ffff, 0, 0x8000_0000]);
      expect([size.values[0], size.isNull(0), size.isNull(1)]).toEqual([-1n, false, true]);
      expect([...weight.values]).toEqual([Number.NaN, 0.5]);
      expect(name.values).toEqual(['ключ', '']);
      expect([...both.offsets]).toEqual([0, 2, 4]);
      expect([...both.child.words.filter((_, i) => i % 2 === 0)]).toEqual([0xffff_ffff, 7, 0, 7]);
    }
  });

  it('gives lists, empty and null ones too, wherever DuckDB keeps their elements', async () => {
    const lists = fc.array(fc.option(fc.array(fc.option(fc.nat({ max: 9 })))), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lists, fc.nat({ max: 3 }), async (wanted, skipped) => {
        const texts = wanted.map((list, i) => [JSON.stringify(list), String(i)]);
        const rows = scan({
          format: 'values',
          columns: fieldsOf({ t: TEXT, at: I64 }),
          rows: texts,
        });
        const parsed = project(rows, {
          l: parseJson(col('t'), listOf(listOf(I64))),
          at: col('at'),
          n: parseJson(col('t'), listOf(I64)),
        });
        const some = filter(
          sort(parsed, asc(col('at'))),
          call('ge', col('at'), lit(BigInt(skipped))),
        );
        const found = (await scratch.engine.rows(some)).map(({ n }) => n);
        const exact = wanted
          .slice(skipped)
          .map((list) => list?.map((x) => (x === null ? null : BigInt(x))) ?? null);
        expect(found).toEqual(exact);
      }),
      { numRuns: 30 },
    );
  });

  it('gives every row of a long result once, in the order of its sort', async () => {
    let next = 0n;
    for await (const {
      columns: [n],
    } of scratch.engine.stream(sort(many(5), asc(col('n'))))) {
      if (n.kind !== 'i64') throw new Error('kind');
      for (const value of n.values) expect(value).toBe(next++);
    }
    expect(next).toBe(100_000n);
  });

  it('runs queries side by side, and ends one that is left early', async () => {
    const first = scratch.engine.stream(many(5))[Symbol.asyncIterator]();
    await first.next();
    expect(await scratch.engine.rows(few)).toHaveLength(2);
    await first.return?.();
  });
});

describe('files', () => {
  it('reads back the Parquet that it writes, and describes it', async () => {
    const path = `${scratch.folder}/few.parquet`;
    await scratch.engine.writeParquet(few, path);
    const position = { file: 'from', row: 'at' };
    const back = scan({ format: 'parquet', files: [path], columns, position });
    expect(await scratch.engine.rows(back)).toEqual([
      { id: 2n ** 64n - 1n, size: -1n, weight: Number.NaN, name: 'ключ', from: path, at: 1n },
      { id: 2n ** 63n, size: null, weight: 0.5, name: '', from: path, at: 2n },
    ]);
    const described = await scratch.engine.describeFile(path, 'parquet');
    expect(described.map(({ name, type, native }) => [name, type.kind, native])).toEqual([
      ['id', 'u64', 'UBIGINT'],
      ['size', 'i64', 'BIGINT'],
      ['weight', 'f64', 'DOUBLE'],
      ['name', 'text', 'VARCHAR'],
    ]);
  });

  it('reads a CSV by name, with null for what does not fit its type', async () => {
    const path = await scratch.write(
      'log.csv',
      'name,size,id\n"a,""b""",5,18446744073709551615\n,x,-1\nshort\nl"ong,7,8,9\n',
    );
    const position = { file: 'from', row: 'at' };
    const csv = scan({
      format: 'csv',
      files: [path],
      columns: fieldsOf({ id: U64, name: TEXT, size: I64 }),
      position,
    });
    expect(await scratch.engine.rows(csv)).toEqual([
      { id: 2n ** 64n - 1n, name: 'a,"b"', size: 5n, from: path, at: 1n },
      { id: null, name: null, size: null, from: path, at: 2n },
      { id: null, name: 'short', size: null, from: path, at: 3n },
      { id: 8n, name: 'l"ong', size: 7n, from: path, at: 4n },
    ]);
  });

  it('says which columns a file has when the wanted one is not there', async () => {
    const path = await scratch.write('wrong.csv', 'key,bytes\n1,2\n');
    const wrong = scan({ format: 'csv', files: [path], columns: fieldsOf({ size: I64 }) });
    expect(await failureOf(scratch.engine.rows(wrong))).toEqual({
      code: 'engine.missing-column',
      details: { path, column: 'size', available: ['key', 'bytes'] },
    });
  });

  it.each([
    ['empty.parquet', '', 'the file is empty'],
    ['text.parquet', 'not parquet at all', 'No magic bytes'],
    ['empty.csv', '', 'the file is empty'],
  ])('refuses %s', async (name, content, reason) => {
    const path = await scratch.write(name, content);
    const format = name.endsWith('csv') ? 'csv' : 'parquet';
    const failure = await failureOf(scratch.engine.rows(scan({ format, files: [path], columns })));
    expect(failure.code).toBe('engine.cannot-read');
    expect(JSON.stringify(failure.details)).toContain(reason);
  });

  it('keeps the old file where a write fails, and leaves nothing beside it', async () => {
    const path = await scratch.write('kept.parquet', 'old');
    const failing = extend(few, { x: call('add', col('size'), lit(-(2n ** 63n))) });
    expect((await failureOf(scratch.engine.writeParquet(failing, path))).code).toBe(
      'engine.bad-value',
    );
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await readdir(scratch.folder)).filter((name) => name.includes('kept'))).toEqual([
      'kept.parquet',
    ]);
    const nowhere = `${scratch.folder}/no/such/folder.parquet`;
    expect((await failureOf(scratch.engine.writeParquet(few, nowhere))).code).toBe(
      'core.cannot-publish',
    );
  });
});

describe('saveTable', () => {
  it('holds a result for later plans', async () => {
    await scratch.engine.saveTable(few, 'kept "here"');
    const table = scan({ format: 'table', name: 'kept "here"', columns: fieldsOf({ name: TEXT }) });
    expect(await scratch.engine.rows(table)).toEqual([{ name: 'ключ' }, { name: '' }]);
    const missing = scan({ format: 'table', name: 'nowhere', columns });
    expect((await failureOf(scratch.engine.rows(missing))).code).toBe('engine.unknown-table');
  });
});

describe('explain', () => {
  it('gives tree and SQL, and rows and time a operator where it runs', async () => {
    const plan = aggregate(few, {}, { n: { fn: 'count' } });
    expect((await scratch.engine.explain(plan)).profile).toBe(undefined);
    const { tree, sql, profile } = await scratch.engine.explain(plan, { run: true });
    expect(tree).toBe('aggregate by () n = count()\n  scan values, 2 rows');
    expect(sql).toContain('count(*) AS "n"');
    expect(profile?.seconds).toBeGreaterThan(0);
    expect(JSON.stringify(profile?.operators)).toContain('"rows":2');
  });
});

describe('limits', () => {
  const heavy = aggregate(many(7), { n: col('n') }, { list: { fn: 'list', args: [col('n')] } });

  it('interrupts what runs and goes on', async () => {
    const failure = failureOf(scratch.engine.rows(heavy));
    setTimeout(() => scratch.engine.interrupt(), 100);
    expect((await failure).code).toBe('engine.interrupted');
    expect(await scratch.engine.rows(few)).toHaveLength(2);
  });

  it('refuses what neither memory nor spilling can hold', async () => {
    const small = await openEngine({
      threads: 1,
      memoryLimitBytes: 12 * 2 ** 20,
      tempFolder: scratch.folder,
    });
    const failure = await failureOf(small.rows(heavy));
    await small.close();
    expect(failure.code).toBe('engine.out-of-memory');
  });

  it('reports progress, closes once, removes its folder and then refuses', async () => {
    const seen: number[] = [];
    const engine = await openEngine({
      memoryLimitBytes: 2 ** 28,
      tempFolder: scratch.folder,
      onProgress: ({ rows }) => seen.push(rows),
    });
    const before = (await readdir(scratch.folder)).length;
    const running = failureOf(engine.rows(heavy));
    await new Promise((done) => setTimeout(done, 500));
    await engine.close();
    await engine.close();
    expect((await running).code).toBe('engine.interrupted');
    expect(seen.length).toBeGreaterThan(0);
    expect((await readdir(scratch.folder)).length).toBe(before - 1);
    expect((await failureOf(engine.rows(few))).code).toBe('engine.closed');
    expect((await stat(scratch.folder)).isDirectory()).toBe(true);
  });
});
