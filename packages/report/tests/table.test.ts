import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, column, csvOf, rowsOf } from '../src/table.ts';

const columns = [column('name', 'name'), column('hit_tokens', 'hit tokens', 'count')];

describe('csvOf', () => {
  it('quotes what holds commas, quotes and line ends, and leaves nothing for null', () => {
    const rows: Cell[][] = [
      ['a,b', 1],
      ['say "hi"', 2.5],
      ['two\nlines', null],
    ];
    expect(csvOf({ columns, rows })).toBe(
      'name,hit_tokens\r\n"a,b",1\r\n"say ""hi""",2.5\r\n"two\nlines",\r\n',
    );
  });

  it('disarms text that a spreadsheet would run, and no number', () => {
    const rows: Cell[][] = [
      ['=1+1', -3],
      ['@x', 0],
      ['-2', 1],
    ];
    expect(csvOf({ columns, rows }).split('\r\n').slice(1, 4)).toEqual([
      "'=1+1,-3",
      "'@x,0",
      "'-2,1",
    ]);
  });

  it('keeps text: a reader of RFC 4180 gets it back', () => {
    const harmless = fc.string({ unit: 'binary' }).filter((text) => !/^[=+\-@\t\r]/.test(text));
    fc.assert(
      fc.property(fc.array(harmless, { minLength: 1, maxLength: 8 }), (texts) => {
        const rows = texts.map((text): Cell[] => [text, 0]);
        expect(
          parseCsv(csvOf({ columns, rows }))
            .slice(1)
            .map(([text]) => text),
        ).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });
});

describe('rowsOf', () => {
  it('names the cells by their columns; a missing one is null', () => {
    expect(rowsOf({ columns, rows: [['a', 1], ['b']] })).toEqual([
      { name: 'a', hit_tokens: 1 },
      { name: 'b', hit_tokens: null },
    ]);
  });
});

/** RFC 4180, character by character. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const at = text[i];
    if (quoted) {
      if (at !== '"') field += at;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (at === '"' && field === '') quoted = true;
    else if (at === ',' || (at === '\r' && text[i + 1] === '\n')) {
      rows[rows.length - 1].push(field);
      field = '';
      if (at === '\r') {
        i++;
        rows.push([]);
      }
    } else field += at;
  }
  return rows.slice(0, -1);
}
