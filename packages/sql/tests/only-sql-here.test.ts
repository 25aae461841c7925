import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
/** A statement within quotes: upper-case keywords in their order, as SQL is written here. */
const STATEMENT =
  /['"`][^'"`\n]*\b(SELECT\b[^'"`\n]*\bFROM|INSERT INTO|CREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW)|COPY \(|DELETE FROM|EXPLAIN|DESCRIBE)\b/;

describe('SQL', () => {
  it('is written in this package and in no other', () => {
    const files = globSync('{packages,pipelines}/*/src/**/*.ts', { cwd: ROOT });
    const elsewhere = files
      .filter((file) => !file.startsWith('packages/sql/'))
      .filter((file) => STATEMENT.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(elsewhere).toEqual([]);
  });

  it('is found by the pattern that looks for it', () => {
    const own = globSync('packages/sql/src/*.ts', { cwd: ROOT });
    const found = own.filter((file) => STATEMENT.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(found.map((file) => file.replace('packages/sql/src/', '')).sort()).toEqual([
      'duckdb-sources.ts',
      'duckdb-statements.ts',
      'lower.ts',
    ]);
  });
});
