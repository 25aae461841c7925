import { scan, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const columns = [
  { name: 'key', type: TEXT },
  { name: 'size', type: TEXT },
];

async function rowsOf(content: string): Promise<readonly unknown[]> {
  const file = await scratch.write('any.csv', content);
  const rows = await scratch.engine.rows(scan({ format: 'csv', files: [file], columns }));
  return rows.map(({ key, size }) => [key, size]);
}

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

const value = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r\n', ',', ';', '|', '\t', '"', '""', "'", '#', '\\', ' ', 'é', '😀'),
      fc.string(),
    ),
    { minLength: 1 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

describe('a scan of a CSV', () => {
  it('cuts at commas alone, whatever else the values hold', async () => {
    for (const key of ['a;b', 'a|b', 'a\tb', '#a', 'a b']) {
      expect(await rowsOf(`key,size\n${key},1\n${key},2\n`)).toEqual([
        [key, '1'],
        [key, '2'],
      ]);
    }
  });

  it('keeps line ends in quotes, after thousands of rows without one too', async () => {
    const plain = 'plain,1\n'.repeat(5000);
    const rows = await rowsOf(`key,size\n${plain}"a\nb",2\n${plain}`);
    expect(rows).toHaveLength(10_001);
    expect(rows[5000]).toEqual(['a\nb', '2']);
  });

  it('gives any quoted values back', async () => {
    const rows = fc.array(fc.tuple(value, value), { minLength: 1 });
    const property = fc.asyncProperty(rows, async (written) => {
      const lines = written.map((row) => `${row.map(quoted).join(',')}\n`);
      expect(await rowsOf(`key,size\n${lines.join('')}`)).toEqual(written);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('reads a record of 5 MB, and refuses a line of 70 MB by its number', async () => {
    const long = 'x'.repeat(5_000_000);
    expect(await rowsOf(`key,size\n${long},1\n"${long}\n",2\n`)).toEqual([
      [long, '1'],
      [`${long}\n`, '2'],
    ]);
    const file = await scratch.write('long.csv', `key,size\na,${'x'.repeat(70_000_000)}\n`);
    const failure = await failureOf(
      scratch.engine.rows(scan({ format: 'csv', files: [file], columns })),
    );
    expect(failure).toMatchObject({ code: 'engine.line-too-long', details: { line: 2 } });
  });
});
