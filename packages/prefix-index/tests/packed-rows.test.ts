import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLAIN_NUMBERS, packRows, readPackedRows } from '../src/stores/packed-rows.ts';
import { AT, EMPTY_ROW, ROW_WIDTH, TOTALS_NUMBERS } from '../src/totals/totals-columns.ts';

interface Row {
  readonly numbers: readonly number[];
  readonly latencies: readonly number[];
  readonly pages: readonly number[];
}

const EMPTY: Row = { numbers: EMPTY_ROW, latencies: [], pages: [] };

function packed(rows: readonly Row[]) {
  const flat = (lists: readonly (readonly number[])[]) => {
    let end = 0;
    const ends = Uint32Array.from(lists, (list) => {
      end += list.length;
      return end;
    });
    return { ends, items: Float64Array.from(lists.flat()) };
  };
  return packRows({
    numbers: Float64Array.from(rows.flatMap(({ numbers }) => numbers)),
    latencies: flat(rows.map(({ latencies }) => latencies)),
    pages: flat(rows.map(({ pages }) => pages)),
  });
}

/** The numbers that are not packed are those of an empty row. */
function unpacked({ ends, words }: ReturnType<typeof packRows>): readonly Row[] {
  const reader = readPackedRows(words);
  return Array.from(ends, (end) => {
    const numbers = Float64Array.from(EMPTY_ROW);
    const lists = reader.take(numbers, 0, end);
    return { numbers: [...numbers], ...lists };
  });
}

it('takes a word for a row without anything, and few for a usual one', () => {
  const numbers = EMPTY_ROW.with(AT.latencyCount, 3).with(AT.pageBytes, 262_144);
  // Masks in 2 and 1 bytes, 3 in one, 262,144 in three; buckets 90, 92 twice, 99 after their head; a run after its head.
  const usual = { numbers, latencies: [90, 1, 92, 2, 99, 1], pages: [5, 40_000, 40_003] };
  const { ends, words } = packed([EMPTY, usual]);
  expect([...ends]).toEqual([1, 4]);
  expect(words).toHaveLength(4);
  expect(unpacked({ ends, words })).toEqual([EMPTY, usual]);
});

const values = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc.integer(),
  fc.double({ noNaN: true }).map((value) => value + 0),
);

const row: fc.Arbitrary<Row> = fc.record({
  numbers: fc
    .array(fc.option(values, { nil: undefined }), {
      minLength: ROW_WIDTH,
      maxLength: ROW_WIDTH,
    })
    .map((given) =>
      given.map((value, at) =>
        value === undefined || PLAIN_NUMBERS.includes(TOTALS_NUMBERS[at]) ? EMPTY_ROW[at] : value,
      ),
    ),
  latencies: fc.array(fc.tuple(values, values), { maxLength: 20 }).map((pairs) => pairs.flat()),
  pages: fc.array(fc.tuple(values, values, values), { maxLength: 20 }).map((runs) => runs.flat()),
});

it('gives back every row as it was, whole or not, small or large', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      expect(unpacked(packed(rows))).toEqual(rows);
    }),
  );
});

it('refuses words that no row was packed into', () => {
  const { ends, words } = packed([
    { ...EMPTY, latencies: [1, 2, 3, 4], pages: [0, 1, 2] },
    { ...EMPTY, numbers: EMPTY_ROW.with(AT.latencyMillis, 0.5) },
  ]);
  expect(() => unpacked({ ends, words: words.slice(0, 2) })).toThrow(/cut short/);
  expect(() => unpacked({ ends: ends.map((end) => end + 1), words })).toThrow(/another length/);
  expect(() => unpacked({ ends, words: words.fill(-1n) })).toThrow(TypeError);
});
