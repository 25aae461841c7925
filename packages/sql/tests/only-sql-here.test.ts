import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
/** What runs: sources and executables. Tests and benchmarks may say in SQL what they compare with. */
const SOURCES = [
  '{packages,pipelines}/*/src/**/*.{ts,mjs}',
  'packages/*/assembly/**/*.ts',
  'bin/*',
];
/** A statement within quotes: upper-case keywords in their order, as SQL is written here. */
const STATEMENT =
  /['"`][^'"`\n]*\b(SELECT\b[^'"`\n]*\bFROM|INSERT (OR \w+ )?INTO|UPDATE \S+ SET|CREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW|INDEX|SCHEMA)|COPY \(|DELETE FROM|DROP (TABLE|VIEW)|ALTER TABLE|EXPLAIN|DESCRIBE|PRAGMA|ATTACH|CHECKPOINT|BEGIN TRANSACTION|ORDER BY|GROUP BY)\b/;
/** A table function of the engine's, called within quotes. */
const READER = /['"`][^'"`\n]*\b(read_parquet|read_csv|read_json|read_text|parquet_\w+)\(/;

function holdsSql(file: string): boolean {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return STATEMENT.test(text) || READER.test(text);
}

describe('SQL', () => {
  it('is written in this package and in no other', () => {
    const files = globSync(SOURCES, { cwd: ROOT }).filter((f) => statSync(join(ROOT, f)).isFile());
    expect(files.length).toBeGreaterThan(200);
    const elsewhere = files.filter((file) => !file.startsWith('packages/sql/')).filter(holdsSql);
    expect(elsewhere).toEqual([]);
  });

  it('is found by the patterns that look for it', () => {
    const found = globSync('packages/sql/src/*.ts', { cwd: ROOT }).filter(holdsSql);
    expect(found).toEqual(
      expect.arrayContaining(
        ['duckdb-sources', 'duckdb-statements', 'lower', 'spark-transform'].map(
          (name) => `packages/sql/src/${name}.ts`,
        ),
      ),
    );
  });

  it.each([
    'const sql = `INSERT OR IGNORE INTO t VALUES (1)`;',
    "run('UPDATE t SET a = 1');",
    "run('CREATE INDEX i ON t (a)');",
    "join('FROM read_parquet(', path)",
    "'SELECT a FROM t'",
  ])('would be found in %s', (line) => {
    expect(STATEMENT.test(line) || READER.test(line)).toBe(true);
  });
});
