import { BOOL, F64, I64, listOf, type Field as PlanField, structOf, TEXT, U64 } from '@wavetune/ir';
import {
  type Vector as ArrowVector,
  Bool,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  Uint8,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Absence, arrowChunks, rowsOf, type Value } from '../src/index.ts';

const columnsOf = (types: Readonly<Record<string, PlanField['type']>>): readonly PlanField[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

function streamed(columns: Readonly<Record<string, ArrowVector>>): Uint8Array {
  return RecordBatchStreamWriter.writeAll(new Table(columns)).toUint8Array(true);
}

async function valuesOf(
  bytes: Uint8Array,
  types: Readonly<Record<string, PlanField['type']>>,
  absence: Absence = 'bits',
): Promise<readonly (readonly Value[])[]> {
  const schema = columnsOf(types);
  const rows = await rowsOf(arrowChunks(bytes, schema, absence), schema);
  return rows.map((row) => schema.map(({ name }) => row[name]));
}

test('an example: numbers, text, lists and structs with nulls, each in the type of the plan', async () => {
  const bytes = streamed({
    u: vectorFromArray([2n ** 64n - 1n, null, 2n ** 63n], new Uint64()),
    i: vectorFromArray([-1, null, 7], new Int32()),
    f: vectorFromArray([0.5, null, Number.NaN], new Float64()),
    t: vectorFromArray(['ä𝄞', null, ''], new Utf8()),
    d: vectorFromArray(['x', 'y', null], new Dictionary(new Utf8(), new Int32())),
    b: vectorFromArray([true, null, false], new Bool()),
    l: vectorFromArray([[1n, null], null, []], new List(new Field('item', new Int64(), true))),
    s: vectorFromArray(
      [{ a: 1n }, null, { a: null }],
      new Struct([new Field('a', new Int64(), true)]),
    ),
  });
  const types = {
    u: U64,
    i: I64,
    f: F64,
    t: TEXT,
    d: TEXT,
    b: BOOL,
    l: listOf(I64),
    s: structOf({ a: I64 }),
  };
  expect(await valuesOf(bytes, types)).toEqual([
    [2n ** 64n - 1n, -1n, 0.5, 'ä𝄞', 'x', true, [1n, null], { a: 1n }],
    [null, null, null, null, 'y', null, null, null],
    [2n ** 63n, 7n, Number.NaN, '', null, false, [], { a: null }],
  ]);
});

test('u64 comes back from decimals of 20 digits, exactly', async () => {
  const values = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, null];
  const words = new Uint32Array(4 * values.length);
  values.forEach((value, row) => {
    words[4 * row] = Number((value ?? 0n) & 0xffff_ffffn);
    words[4 * row + 1] = Number((value ?? 0n) >> 32n);
  });
  const type = new Decimal(0, 20);
  const data = makeData({
    type,
    length: 5,
    nullCount: 1,
    nullBitmap: Uint8Array.of(0b01111),
    data: words,
  });
  const schema = new Schema([new Field('u', type, true)]);
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: 5, children: [data] }),
  );
  const bytes = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
  expect(await valuesOf(bytes, { u: U64 })).toEqual(values.map((value) => [value]));
});

test('a flagged list is null where its number is 0, whatever elements it still has', async () => {
  const flagged = new Struct([
    new Field('1', new Uint8()),
    new Field('2', new List(new Field('item', new Int64(), true))),
  ]);
  const rows = [
    { 1: 1, 2: [1n, null] },
    { 1: 0, 2: [9n] },
    { 1: 1, 2: [] },
    { 1: 1, 2: [2n] },
  ];
  const bytes = streamed({ l: vectorFromArray(rows, flagged) });
  expect(await valuesOf(bytes, { l: listOf(I64) }, 'flagged')).toEqual([
    [[1n, null]],
    [null],
    [[]],
    [[2n]],
  ]);
});

test('lists come back as they were written, in any number of batches', async () => {
  const lists = fc.array(fc.option(fc.array(fc.option(fc.bigInt(0n, 2n ** 64n - 1n)))), {
    minLength: 1,
  });
  await fc.assert(
    fc.asyncProperty(lists, lists, async (first, second) => {
      const type = new List(new Field('item', new Uint64(), true));
      const table = new Table({ l: vectorFromArray(first, type) }).concat(
        new Table({ l: vectorFromArray(second, type) }),
      );
      const bytes = RecordBatchStreamWriter.writeAll(table).toUint8Array(true);
      expect(await valuesOf(bytes, { l: listOf(U64) })).toEqual(
        [...first, ...second].map((list) => [list]),
      );
    }),
    { numRuns: 50 },
  );
});

test('another type than the plan has is refused by name', async () => {
  const bytes = streamed({ n: vectorFromArray(['x'], new Utf8()) });
  await expect(valuesOf(bytes, { n: F64 })).rejects.toMatchObject({
    code: 'engine.unexpected-result',
    details: { column: 'n', wanted: 'f64' },
  });
});
