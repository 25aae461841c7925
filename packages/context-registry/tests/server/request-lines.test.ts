import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestLines } from '../../src/server/request-lines.ts';

async function pass(chunks: readonly Buffer[], limitBytes: number) {
  const answers: string[] = [];
  const lines = requestLines(limitBytes, (line) => answers.push(line));
  const passed: Buffer[] = [];
  for await (const part of Readable.from(chunks).pipe(lines)) passed.push(part);
  return { passed: Buffer.concat(passed).toString(), answers: answers.map((a) => JSON.parse(a)) };
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), 0, bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

describe('requestLines', () => {
  it('passes valid lines on unchanged, however the stream is cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (texts, places) => {
        const whole = texts.map((text) => `${text}\n`).join('');
        const { passed, answers } = await pass(cut(Buffer.from(whole), places), 10_000);
        expect(passed).toBe(whole);
        expect(answers).toEqual([]);
      }),
    );
  });

  it('answers a line that is no JSON, drops an empty one, and passes a last one without its end', async () => {
    const stream = Buffer.from('no JSON\n\n{"id":3,}\n{"id":4}');
    const { passed, answers } = await pass([stream], 100);
    expect(passed).toBe('{"id":4}\n');
    expect(answers).toEqual([
      rpcError(null, 'service.bad-json'),
      rpcError(null, 'service.bad-json'),
    ]);
  });

  it('answers a line that is not UTF-8 or too long by its id, and passes the next', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"method":"x","params":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('","jsonrpc":"2.0","id":7}\n'),
    ]);
    const long = Buffer.from(`{"params":"${'x'.repeat(200)}","jsonrpc":"2.0","id":"a-1"}\n`);
    const nameless = Buffer.from([0xff, 0x0a]);
    const good = Buffer.from('{"id":8}\n');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), async (places) => {
        const stream = Buffer.concat([broken, long, nameless, good]);
        const { passed, answers } = await pass(cut(stream, places), 100);
        expect(passed).toBe('{"id":8}\n');
        expect(answers).toEqual([
          rpcError(7, 'service.bad-encoding'),
          rpcError('a-1', 'service.too-large'),
          rpcError(null, 'service.bad-encoding'),
        ]);
      }),
    );
  });
});

function rpcError(id: number | string | null, code: string) {
  const error = { code: -32_700, message: expect.stringContaining(code) };
  return { jsonrpc: '2.0', id, error };
}
