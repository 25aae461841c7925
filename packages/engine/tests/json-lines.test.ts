import { gzipSync } from 'node:zlib';
import { F64, fieldsOf, scan, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const columns = fieldsOf({ name: TEXT, size: F64 });

async function rowsOf(...files: string[]): Promise<unknown[]> {
  return [...(await scratch.engine.rows(scan({ format: 'json_lines', files, columns })))];
}

const NOTHING = { name: null, size: null };

describe('a scan of JSON lines', () => {
  it('has a row for every line that is not blank, nulls where the line is no such object', async () => {
    const lines = [
      '{"name":"a","size":1,"more":[1]}',
      '',
      '   ',
      '{"size":2}',
      '{"name":"c","size":"x"}',
      '{"name":"d"}{"name":"e"}',
      '{"name":"f"',
      '[1]',
      'text',
    ];
    const path = await scratch.write('odd.jsonl', lines.join('\n'));
    expect(await rowsOf(path)).toEqual([
      { name: 'a', size: 1 },
      { name: null, size: 2 },
      { name: 'c', size: null },
      NOTHING,
      NOTHING,
      NOTHING,
      NOTHING,
    ]);
  });

  it('gives back what was written', async () => {
    const row = fc.record({
      name: fc.string({ unit: 'grapheme' }),
      size: fc.double({ noNaN: true, noDefaultInfinity: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const text = rows.map((item) => JSON.stringify(item)).join('\n');
        const path = await scratch.write('rows.jsonl', text);
        const byText = (a: unknown, b: unknown): number =>
          JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
        expect((await rowsOf(path)).sort(byText)).toEqual(
          (JSON.parse(`[${text.split('\n').join(',')}]`) as unknown[]).sort(byText),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('reads what is packed as its name says', async () => {
    const path = await scratch.write('packed.jsonl.gz', gzipSync('{"name":"a","size":1}\n'));
    expect(await rowsOf(path)).toEqual([{ name: 'a', size: 1 }]);
  });

  it('refuses a file that is not there', async () => {
    expect(await failureOf(rowsOf('missing.jsonl'))).toMatchObject({ code: 'engine.cannot-read' });
  });
});
