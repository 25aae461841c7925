import { WavetuneError } from '@wavetune/core';
import {
  aggregate,
  asc,
  call,
  col,
  filter,
  join,
  limit,
  listOf,
  lit,
  type Plan,
  parseJson,
  project,
  scan,
  sort,
  structOf,
  TEXT,
  U64,
  unnest,
} from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { type Dialect, duckdb, spark, toSql } from '../src/index.ts';

const requests = scan({
  format: 'table',
  name: 'requests',
  columns: [
    { name: 'tenant', type: TEXT },
    { name: 'ids', type: listOf(U64) },
  ],
});
const blocks = unnest(requests, 'ids', { item: 'id', ordinality: 'depth' });

describe('toSql', () => {
  it('writes a step a node, leaves first', () => {
    const counted = aggregate(
      filter(blocks, call('gt', col('depth'), lit(1n))),
      { id: col('id') },
      { uses: { fn: 'count' } },
    );
    expect(toSql(limit(sort(counted, asc(col('id'))), 3), { dialect: duckdb })).toBe(
      [
        'WITH s0 AS NOT MATERIALIZED (SELECT "tenant", "ids" FROM "requests"),',
        's1 AS NOT MATERIALIZED (SELECT "tenant", unnest("ids") AS "id", generate_subscripts("ids", 1) AS "depth" FROM s0),',
        `s2 AS NOT MATERIALIZED (SELECT * FROM s1 WHERE ("depth" > '1'::BIGINT)),`,
        's3 AS NOT MATERIALIZED (SELECT "id" AS "id", count(*) AS "uses" FROM s2 GROUP BY 1),',
        's4 AS NOT MATERIALIZED (SELECT * FROM s3 ORDER BY "id" ASC NULLS LAST),',
        's5 AS NOT MATERIALIZED (SELECT * FROM s4 LIMIT 3 OFFSET 0)',
        'SELECT "id", "uses" FROM s5',
      ].join('\n'),
    );
  });

  it('quotes what is hostile', () => {
    const table = scan({ format: 'table', name: 'a"b; --', columns: [{ name: '"', type: TEXT }] });
    const sql = toSql(filter(table, call('eq', col('"'), lit("o'\0"))), { dialect: duckdb });
    expect(sql).toContain('SELECT """" FROM "a""b; --"');
    expect(sql).toContain(`("""" = ('o''' || chr(0) || ''))`);
  });

  it('resolves files, and no name of a file is a pattern', () => {
    const lines = scan({ format: 'lines', files: ["it's [1]*.txt"] });
    const resolve = (file: string) => ({ path: `/logs/${file}`, longestLineBytes: 5_000_000 });
    const sql = toSql(lines, { dialect: duckdb, resolve });
    expect(sql).toContain("read_csv('/logs/it''s [[]1][*].txt'");
    expect(sql).toContain("'it''s [1]*.txt' AS file");
    expect(sql).toContain('max_line_size = 5000002');
  });

  it('refuses a plan nested 10,000 deep by code', () => {
    let plan: Plan = requests;
    for (let i = 0; i < 10_000; i++) plan = { kind: 'limit', input: plan, count: 1, offset: 0 };
    expect(() => toSql(plan, { dialect: duckdb })).toThrow('ir.too-deep');
  });

  it('refuses what a dialect does not list', () => {
    const { gt: _, ...functions } = duckdb.functions;
    const poor: Dialect = {
      ...duckdb,
      name: 'Poor',
      functions,
      sources: { table: duckdb.sources.table! },
    };
    const pairs = join('semi', blocks, scan({ format: 'lines', files: ['x'] }), [
      [col('tenant'), col('file')],
    ]);
    expect(() =>
      toSql(filter(blocks, call('gt', col('depth'), lit(1n))), { dialect: poor }),
    ).toThrow('sql.unsupported: Poor has no function gt');
    expect(() => toSql(pairs, { dialect: poor })).toThrow(WavetuneError);
    expect(() => toSql(pairs, { dialect: poor })).toThrow('Poor has no source lines');
  });

  it('refuses a JSON field whose name no path of Spark takes', () => {
    const object = parseJson(col('tenant'), structOf({ ' a': TEXT }));
    expect(() => toSql(project(requests, { object }), { dialect: spark })).toThrow(
      'sql.unsupported: Spark has no path to the JSON field " a"',
    );
  });
});
