import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteSheet } from '../src/suggest/byte-sheet.ts';

describe('createByteSheet', () => {
  it('gives what was written, in order, however long, and forgets it then', () => {
    const source = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
    const piece = fc.oneof(
      fc.record({ ascii: fc.string({ unit: 'grapheme-ascii' }) }),
      fc.record({ text: fc.string({ unit: 'binary', maxLength: 300 }) }),
      fc.record({ source }),
      fc.constant({ ascii: 'x'.repeat(40_000) }),
      fc.constant({ text: 'я'.repeat(600_000) }),
    );
    const sheet = createByteSheet();
    const written = (
      one: typeof piece extends fc.Arbitrary<infer Piece> ? Piece : never,
    ): Buffer => {
      if ('ascii' in one) {
        sheet.ascii(one.ascii);
        return Buffer.from(one.ascii);
      }
      if ('text' in one) {
        sheet.text(one.text);
        return Buffer.from(one.text);
      }
      sheet.bytes(one.source);
      return one.source;
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const expected = Buffer.concat(pieces.map(written));
        const taken = sheet.take();
        expect(taken.equals(expected)).toBe(true);
        expect(taken.buffer.byteLength).toBe(taken.length);
      }),
    );
  });

  it('begins anew where a text was given up', () => {
    const sheet = createByteSheet();
    sheet.ascii('half of');
    sheet.clear();
    sheet.ascii('whole');
    expect(sheet.take().toString()).toBe('whole');
  });
});
