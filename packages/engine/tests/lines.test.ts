import { readdir } from 'node:fs/promises';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { limit, scan } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from '../src/index.ts';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();

async function linesOf(...files: string[]): Promise<unknown[][]> {
  const rows = await scratch.engine.rows(scan({ format: 'lines', files }));
  return rows.map(({ file, line, text }) => [file, line, text]);
}

/** What the scan promises, in JavaScript. */
function textbookLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).replaceAll('\u{10ffff}', '\ufffd');
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', ' ').split('\n');
  const ended = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  return ended.map(withoutMark);
}

/** DuckDB's client drops a byte order mark at the beginning of any text that it decodes. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    '',
    '{"a": 1}',
    '"',
    "'",
    ',',
    '\\n',
    '#',
    '\0',
    'é',
    '😀',
    '\u{10ffff}',
    '\ufeff',
  ),
  fc.string(),
);
const bytes = fc
  .array(
    fc.oneof(
      piece.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }),
    ),
  )
  .map((parts) => Buffer.concat(parts));

describe('a scan of lines', () => {
  it('keeps blank lines, quotes and backslashes, and takes either line end', async () => {
    const file = await scratch.write('hand.txt', 'a,"b\r\n\n  \\n "\r\nlast');
    expect(await linesOf(file)).toEqual([
      [file, 1n, 'a,"b'],
      [file, 2n, ''],
      [file, 3n, '  \\n "'],
      [file, 4n, 'last'],
    ]);
  });

  it('takes one byte order mark off a file, whatever follows it', async () => {
    const marked = async (name: string, text: string): Promise<unknown> => {
      const rows = await linesOf(await scratch.write(name, text));
      return rows.map(([, , line]) => line);
    };
    expect(await marked('mark.txt', '\ufeff')).toEqual([]);
    expect(await marked('marks.txt', '\ufeff\ufeff')).toEqual(['']);
    expect(await marked('marks3.txt', '\ufeff\ufeff\ufeffa\n')).toEqual(['\ufeffa']);
  });

  it('reads any bytes as the textbook does, plain and compressed', async () => {
    let n = 0;
    const compress = fc.constantFrom(
      ['', (b: Buffer) => b] as const,
      ['.gz', (b: Buffer) => gzipSync(b)] as const,
      ['.zst', (b: Buffer) => zstdCompressSync(b)] as const,
      ['.log', (b: Buffer) => gzipSync(b)] as const,
    );
    await fc.assert(
      fc.asyncProperty(bytes, compress, async (content, [suffix, packed]) => {
        const file = await scratch.write(`any${n++}${suffix}`, packed(content));
        const wanted = textbookLines(content);
        expect(await linesOf(file)).toEqual(wanted.map((text, i) => [file, BigInt(i + 1), text]));
      }),
      { numRuns: 150 },
    );
  });

  it('numbers each file from 1, in the order of the files, whatever their names', async () => {
    const b = await scratch.write("b'[1]*?.txt", 'x\ny\n');
    const a = await scratch.write('a"ü.txt', 'z');
    expect(await linesOf(b, a)).toEqual([
      [b, 1n, 'x'],
      [b, 2n, 'y'],
      [a, 1n, 'z'],
    ]);
  });

  it('reads every member of a .gz and every frame of a .zst', async () => {
    const gz = await scratch.write('two.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]));
    const zst = await scratch.write(
      'two.zst',
      Buffer.concat([zstdCompressSync('c\n'), zstdCompressSync('d\n')]),
    );
    expect((await linesOf(gz, zst)).map(([, , text]) => text)).toEqual(['a', 'b', 'c', 'd']);
    expect(await readHead(zst, 100)).toBe('c\nd\n');
  });

  it('gives no rows for an empty file', async () => {
    expect(await linesOf(await scratch.write('empty.txt', ''))).toEqual([]);
  });

  it('reads a line of 20 MB and refuses one of 200 MB by its number', async () => {
    const long = await scratch.write('long.txt', `a\n${'x'.repeat(20_000_000)}\nb`);
    expect((await linesOf(long)).map(([, , text]) => String(text).length)).toEqual([
      1, 20_000_000, 1,
    ]);
    const longer = await scratch.write(
      'longer.txt',
      Buffer.concat([Buffer.from('a\n'), Buffer.alloc(200_000_000, 120)]),
    );
    expect(await failureOf(linesOf(longer))).toEqual({
      code: 'engine.line-too-long',
      details: { path: longer, line: 2, limitBytes: 2 ** 26 },
    });
  });

  it.each([
    ['missing.jsonl', undefined, 'there is no such file'],
    ['.', undefined, 'it is a folder'],
    ['cut.gz', gzipSync('x'.repeat(1e5)).subarray(0, 60), 'the compressed data is cut short'],
    [
      'cut.zst',
      zstdCompressSync(Buffer.alloc(1e5)).subarray(0, 12),
      'the compressed data is cut short',
    ],
  ])('refuses %s and says why', async (name, content, reason) => {
    const file = content ? await scratch.write(name, content) : `${scratch.folder}/${name}`;
    expect(await failureOf(linesOf(file))).toEqual({
      code: 'engine.cannot-read',
      details: { path: file, reason },
    });
  });

  it('leaves no copies behind', async () => {
    const file = await scratch.write('crlf.txt', 'a\r\n');
    await scratch.engine.rows(limit(scan({ format: 'lines', files: [file] }), 1));
    const [own] = (await readdir(scratch.folder)).filter((name) => name.startsWith('wavetune-'));
    expect(
      (await readdir(`${scratch.folder}/${own}`)).filter((name) => name.endsWith('.txt')),
    ).toEqual([]);
  });
});

describe('a scan of documents', () => {
  it('gives one row a file, decompressed, line ends and all', async () => {
    const plain = await scratch.write('doc.json', '{"a":\r\n1}\n');
    const packed = await scratch.write('doc.json.gz', gzipSync('{"é": [2]}'));
    const empty = await scratch.write('doc-empty.json', '');
    const rows = await scratch.engine.rows(
      scan({ format: 'documents', files: [plain, packed, empty] }),
    );
    expect(rows).toEqual([
      { file: plain, text: '{"a":\r\n1}\n' },
      { file: packed, text: gunzipSync(gzipSync('{"é": [2]}')).toString() },
      { file: empty, text: '' },
    ]);
  });
});
