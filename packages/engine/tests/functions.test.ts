import {
  call,
  cast,
  col,
  type Expr,
  F64,
  type FunctionName,
  field,
  I64,
  listOf,
  lit,
  parseJson,
  project,
  scan,
  structOf,
  TEXT,
  tryCast,
  U64,
} from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const one = scan({ format: 'values', columns: [{ name: 't', type: TEXT }], rows: [['x']] });

async function evaluated(expr: Expr): Promise<unknown> {
  const [row] = await scratch.engine.rows(project(one, { value: expr }));
  return row.value;
}

const i = (...values: bigint[]): Expr[] => values.map((value) => lit(value));
const list = call('list', ...i(3n, 1n, 2n));

describe('functions', () => {
  it.each<[FunctionName, Expr[], unknown]>([
    ['div', i(-7n, 2n), -3n],
    ['div', i(1n, 0n), null],
    ['div', [lit(1), lit(0)], Number.POSITIVE_INFINITY],
    ['mod', i(-7n, 2n), -1n],
    ['exp2', [lit(-3)], 0.125],
    ['exp2', [lit(-2000)], 0],
    ['exp2', [lit(null, F64)], null],
    ['gt', [lit(Number.NaN), lit(1e308)], true],
    ['eq', [lit(2n ** 64n - 1n, U64), lit(2n ** 64n - 1n, U64)], true],
    ['and', [lit(null, { kind: 'bool' }), lit(false)], false],
    ['greatest', [lit(null, I64), lit(2n)], 2n],
    ['length', [lit('h😀é')], 3n],
    ['substring', [lit('h😀é'), ...i(2n, 1n)], '😀'],
    ['concat', [lit("o'"), lit('\0'), lit('"')], 'o\'\0"'],
    ['concat', [lit('a'), lit(null, TEXT)], null],
    ['split', [lit('a//b'), lit('/')], ['a', '', 'b']],
    ['regex_match', [lit('claude-4'), lit('-\\d$')], true],
    ['lower', [lit('ÄB')], 'äb'],
    ['trim', [lit(' a ')], 'a'],
    ['parse_hex', [lit('0xffffffffffffffff')], 2n ** 64n - 1n],
    ['parse_hex', [lit('0x1ffffffffffffffff')], null],
    ['parse_hex', [lit('xyz')], null],
    ['parse_time_ms', [lit('2023-11-16 18:17:03.9799600')], 1_700_158_623_979.96],
    ['parse_time_ms', [lit('2023-11-16T18:17:03+02:00')], 1_700_151_423_000],
    ['parse_time_ms', [lit('yesterday')], null],
    ['list_get', [list, lit(3n)], 2n],
    ['list_get', [list, lit(4n)], null],
    ['list_slice', [list, ...i(2n, 9n)], [1n, 2n]],
    ['list_contains', [list, lit(1n)], true],
    ['list_max', [list], 3n],
    ['list_sum', [list], 6n],
    ['list_has_null', [call('list', lit(null, I64), lit(1n))], true],
    ['list_concat', [list, call('list', lit(9n))], [3n, 1n, 2n, 9n]],
  ])('%s (%#)', async (fn, args, wanted) => {
    expect(await evaluated(call(fn, ...args))).toEqual(wanted);
  });

  it.each([
    ['add', call('add', lit(2n ** 63n - 1n), lit(1n))],
    ['sub', call('sub', lit(0n, U64), lit(1n, U64))],
    ['list_sum', call('list_sum', call('list', lit(2n ** 63n - 1n), lit(1n)))],
    ['a strict cast', cast(lit('12x'), I64)],
  ])('%s refuses what does not fit instead of wrapping', async (_, expr) => {
    expect((await failureOf(evaluated(expr))).code).toBe('engine.bad-value');
  });

  it('casts with null where it does not fit', async () => {
    expect(await evaluated(tryCast(lit('12x'), I64))).toBe(null);
    expect(await evaluated(tryCast(lit('18446744073709551615'), U64))).toBe(2n ** 64n - 1n);
  });
});

describe('parse_json', () => {
  const type = structOf({ id: U64, when: F64, ids: listOf(U64), nested: structOf({ name: TEXT }) });
  const parsed = (text: string): Promise<unknown> => evaluated(parseJson(lit(text), type));

  it('reads what fits, exactly to 2^64 − 1, and ignores other keys', async () => {
    const text =
      '{"ids":[0,18446744073709551615],"id":9223372036854775809,"when":1.5,"nested":{"name":"é"},"x":{}}';
    expect(await parsed(text)).toEqual({
      id: 9223372036854775809n,
      when: 1.5,
      ids: [0n, 18446744073709551615n],
      nested: { name: 'é' },
    });
  });

  it('gives null at each place that is missing, out of range or of another shape', async () => {
    const nothing = { id: null, when: null, ids: null, nested: null };
    expect(await parsed('{}')).toEqual(nothing);
    expect(await parsed('{"id":-1,"ids":7,"when":"soon"}')).toEqual(nothing);
    expect(await parsed('{"id":18446744073709551616,"ids":[-1]}')).toEqual({
      ...nothing,
      ids: [null],
    });
    expect(await parsed('[1]')).toEqual(nothing);
  });

  it.each(['', 'not json', '{"id":1', '{"id":1} 2', 'null'])('gives null for %j', async (text) => {
    expect(await parsed(text)).toBe(null);
    expect(await evaluated(field(parseJson(lit(text), type), 'id'))).toBe(null);
  });

  it('judges each row for itself', async () => {
    const rows = ['{"id":1}', 'bad', '{"id":2}'].map((text) => [text]);
    const texts = scan({ format: 'values', columns: [{ name: 't', type: TEXT }], rows });
    const ids = project(texts, { id: field(parseJson(col('t'), type), 'id') });
    expect(await scratch.engine.rows(ids)).toEqual([{ id: 1n }, { id: null }, { id: 2n }]);
  });
});
