import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutContent } from '../../src/index.ts';

interface Row {
  readonly time: number;
  readonly chain: readonly number[];
  readonly input: number;
}

/** Columns over these rows; ids need not be dense, as nothing here asks for it. */
function columnsOf(rows: readonly Row[], blockSize: number): TraceColumns {
  const filled = (values: readonly number[]) => {
    const column = sharedUint32(values.length);
    column.set(values);
    return column;
  };
  const times = sharedFloat64(rows.length);
  times.set(rows.map(({ time }) => time));
  const blocks = rows.flatMap(({ chain }) => [...chain]);
  let end = 0;
  const ends = rows.map(({ chain }) => {
    end += chain.length;
    return end;
  });
  return {
    blockSize,
    offsets: filled([0, ...ends]),
    blocks: filled(blocks),
    inputTokens: filled(rows.map(({ input }) => input)),
    coveredTokens: filled(
      rows.map(({ input, chain }) => Math.min(input, chain.length * blockSize)),
    ),
    outputTokens: filled(rows.map(() => 7)),
    timeMillis: times,
    tenants: filled(rows.map((_, i) => i)),
    sessions: filled(rows.map((_, i) => (i === 0 ? NONE : i))),
    parents: filled(Array.from({ length: 1 + Math.max(0, ...blocks) }, () => NONE)),
  };
}

function resultOf(rows: readonly Row[], blockSize: number) {
  return Array.from(withoutContent(columnsOf(rows, blockSize)), (request) => ({
    ...request,
    blocks: [...request.blocks],
  }));
}

describe('withoutContent', () => {
  it('renumbers by first appearance and counts time from 0, worked by hand', () => {
    const rows = [
      { time: 1000.25, chain: [4, 9], input: 20 },
      { time: 1002, chain: [4, 2], input: 25 },
    ];
    expect(resultOf(rows, 10)).toEqual([
      {
        timeMillis: 0,
        inputTokens: 20,
        outputTokens: 7,
        blocks: [0, 1],
        tenant: 0,
        session: undefined,
      },
      { timeMillis: 1, inputTokens: 25, outputTokens: 7, blocks: [0, 2, 3], tenant: 1, session: 1 },
    ]);
  });

  it('gives blocks without tokens a block size each', () => {
    expect(resultOf([{ time: 0, chain: [0, 1, 2], input: 0 }], 1)[0].inputTokens).toBe(3);
  });

  it('keeps which requests share how many blocks, and numbers densely', () => {
    const row = fc.record({
      time: fc.constant(0),
      chain: fc.array(fc.nat(9), { maxLength: 6 }),
      input: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const result = resultOf(rows, 10);
        const seen: number[] = [];
        for (const [i, { blocks, inputTokens }] of result.entries()) {
          expect(blocks.length).toBe(Math.ceil(inputTokens / 10));
          for (const id of blocks) {
            if (!seen.includes(id)) seen.push(id);
          }
          for (const [j, other] of rows.entries()) {
            const common = rows[i].chain.map((id) => other.chain.indexOf(id));
            const found = blocks.slice(0, common.length).map((id) => result[j].blocks.indexOf(id));
            expect(found).toEqual(common);
            const own = blocks.slice(common.length);
            if (i !== j) expect(own.some((id) => result[j].blocks.includes(id))).toBe(false);
          }
        }
        expect(seen).toEqual(seen.map((_, i) => i));
      }),
    );
  });
});
