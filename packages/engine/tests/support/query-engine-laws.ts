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
  optimizePlan,
  type Plan,
  parseJson,
  printPlan,
  project,
  scan,
  schemaOf,
  structOf,
  TEXT,
  tryCast,
  U64,
} from '@wavetune/ir';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generatePlan } from '../../../ir/tests/support/generate-plan.ts';
import { interpret, rowText } from '../../../ir/tests/support/interpret.ts';
import { type Engine, openEngine, type QueryEngine } from '../../src/index.ts';
import { failureOf } from './scratch.ts';

/** An engine that is to answer as DuckDB and the textbook do. */
export interface EngineUnderTest {
  readonly open: () => Promise<QueryEngine>;
  /** Generated plans, each before and after the passes. */
  readonly runs: number;
  /** The code of a value that does not fit. */
  readonly badValue: string;
}

const TIMEOUT_MILLIS = 300_000;
const one = scan({ format: 'values', columns: [{ name: 't', type: TEXT }], rows: [['x']] });
const i = (...values: bigint[]): Expr[] => values.map((value) => lit(value));
const list = call('list', ...i(3n, 1n, 2n));

/** Calls whose values the textbook does not generate; all of them in one query. */
const CALLS: readonly (readonly [FunctionName, readonly Expr[], unknown])[] = [
  ['div', i(-7n, 2n), -3n],
  ['div', i(1n, 0n), null],
  ['div', [lit(2n ** 64n - 1n, U64), lit(2n, U64)], 2n ** 63n - 1n],
  ['div', [lit(1), lit(0)], Number.POSITIVE_INFINITY],
  ['div', [lit(0), lit(0)], Number.NaN],
  ['mod', i(-7n, 2n), -1n],
  ['mod', [lit(7.5), lit(2)], 1.5],
  ['exp2', [lit(-3)], 0.125],
  ['exp2', [lit(-2000)], 0],
  ['exp2', [lit(null, F64)], null],
  ['gt', [lit(Number.NaN), lit(1e308)], true],
  ['eq', [lit(2n ** 64n - 1n, U64), lit(2n ** 64n - 1n, U64)], true],
  ['add', [lit(2n ** 63n, U64), lit(2n ** 62n, U64)], 2n ** 63n + 2n ** 62n],
  ['length', [lit('h😀é')], 3n],
  ['substring', [lit('h😀é'), ...i(2n, 1n)], '😀'],
  ['concat', [lit("o'"), lit('\0'), lit('"\\')], 'o\'\0"\\'],
  ['split', [lit('a//b'), lit('/')], ['a', '', 'b']],
  ['regex_match', [lit('claude-4'), lit('-\\d$')], true],
  ['regex_match', [lit('a\nb'), lit('a.b')], false],
  ['lower', [lit('ÄB')], 'äb'],
  ['trim', [lit(' a ')], 'a'],
  ['parse_hex', [lit('0xffffffffffffffff')], 2n ** 64n - 1n],
  ['parse_hex', [lit('0x1ffffffffffffffff')], null],
  ['parse_hex', [lit('xyz')], null],
  ['parse_hex', [lit('0')], 0n],
  ['parse_time_ms', [lit('2023-11-16 18:17:03.979960')], 1_700_158_623_979.96],
  ['parse_time_ms', [lit('2023-11-16T18:17:03+02:00')], 1_700_151_423_000],
  ['parse_time_ms', [lit('yesterday')], null],
  ['list_get', [list, lit(4n)], null],
  ['list_slice', [list, ...i(2n, 9n)], [1n, 2n]],
  ['list_slice', [list, ...i(1n, 0n)], []],
  ['list_sum', [list], 6n],
  ['list_concat', [list, call('list', lit(9n))], [3n, 1n, 2n, 9n]],
];

const OVERFLOWS: readonly (readonly [string, Expr])[] = [
  ['add', call('add', lit(2n ** 63n - 1n), lit(1n))],
  ['sub', call('sub', lit(0n, U64), lit(1n, U64))],
  ['mul', call('mul', lit(2n ** 63n, U64), lit(2n, U64))],
  ['a strict cast', cast(lit('12x'), I64)],
];

const JSON_TYPE = structOf({
  id: U64,
  when: F64,
  ids: listOf(U64),
  nested: structOf({ name: TEXT }),
});
const JSON_TEXTS: readonly string[] = [
  '{"ids":[0,18446744073709551615],"id":9223372036854775809,"when":1.5,"nested":{"name":"é"},"x":{}}',
  '{}',
  '{"id":-1,"ids":7,"when":"soon"}',
  '{"id":7,"ids":[-1]}',
  '',
  'not json',
  '{"id":1',
  '{"id":1} 2',
  'null',
];

const JSON_NAMES = ['a b', 'B"q', "o'c", 'a.b', '[0]', '\\n', '?', '"?', 'ключ', '`', '%$'];

/** What every engine's answers are held to, within a `describe`: the textbook's on generated plans, and these examples. */
export function queryEngineLaws({ open, runs, badValue }: EngineUnderTest): void {
  let engine: QueryEngine;
  let duckdb: Engine;
  beforeAll(async () => {
    engine = await open();
    duckdb = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 29 });
  }, TIMEOUT_MILLIS);
  afterAll(async () => {
    await engine?.close();
    await duckdb?.close();
  });
  const textsOf = async (plan: Plan): Promise<readonly string[]> => {
    const names = schemaOf(plan).map(({ name }) => name);
    const rows = await engine.rows(plan);
    return inOrder(
      plan,
      rows.map((row) => rowText(names.map((name) => row[name]))),
    );
  };
  const inOrder = (plan: Plan, rows: readonly string[]): readonly string[] =>
    plan.kind === 'sort' || plan.kind === 'limit' ? rows : rows.toSorted();

  it(`gives the textbook's rows for ${runs} generated plans`, {
    timeout: TIMEOUT_MILLIS,
  }, async () => {
    const generated = fc.tuple(fc.gen(), fc.integer({ min: 1, max: 5 }));
    await fc.assert(
      fc.asyncProperty(generated, fc.context(), async ([g, depth], context) => {
        const plan = generatePlan(g, depth);
        context.log(printPlan(plan));
        context.log(printPlan(optimizePlan(plan)));
        expect(await textsOf(plan)).toEqual(inOrder(plan, interpret(plan).map(rowText)));
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });

  it('calls functions as the plan language has them', { timeout: TIMEOUT_MILLIS }, async () => {
    const calls = CALLS.map(([fn, args], at) => [`c${at}`, call(fn, ...args)] as const);
    const [row] = await engine.rows(project(one, Object.fromEntries(calls)));
    const shown = CALLS.map(([fn], at) => [fn, row[`c${at}`]]);
    expect(shown).toEqual(CALLS.map(([fn, , wanted]) => [fn, wanted]));
  });

  it.each(OVERFLOWS)(
    '%s refuses what does not fit',
    { timeout: TIMEOUT_MILLIS },
    async (_, expr) => {
      const failed = failureOf(engine.rows(project(one, { value: expr })));
      expect((await failed).code).toBe(badValue);
    },
  );

  it('casts with null where it does not fit', { timeout: TIMEOUT_MILLIS }, async () => {
    const cast = project(one, {
      bad: tryCast(lit('12x'), I64),
      largest: tryCast(lit('18446744073709551615'), U64),
      negative: tryCast(lit(-1n), U64),
      half: tryCast(lit(2.5), I64),
    });
    expect(await engine.rows(cast)).toEqual([
      { bad: null, largest: 2n ** 64n - 1n, negative: null, half: 2n },
    ]);
  });

  it('parses JSON as DuckDB does', { timeout: TIMEOUT_MILLIS }, async () => {
    const texts = scan({
      format: 'values',
      columns: [{ name: 'text', type: TEXT }],
      rows: JSON_TEXTS.map((text) => [text]),
    });
    const parsed = project(texts, {
      text: col('text'),
      parsed: parseJson(col('text'), JSON_TYPE),
      id: field(parseJson(col('text'), JSON_TYPE), 'id'),
    });
    const byText = (rows: readonly { readonly [name: string]: unknown }[]) =>
      Object.fromEntries(rows.map((row) => [String(row.text), [row.parsed, row.id]]));
    expect(byText(await engine.rows(parsed))).toEqual(byText(await duckdb.rows(parsed)));
  });

  it('finds JSON fields of any name', { timeout: TIMEOUT_MILLIS }, async () => {
    const type = structOf({
      ...Object.fromEntries(JSON_NAMES.map((name) => [name, I64])),
      inner: structOf(Object.fromEntries(JSON_NAMES.map((name) => [name, TEXT]))),
    });
    const text = JSON.stringify({
      ...Object.fromEntries(JSON_NAMES.map((name, at) => [name, at])),
      inner: Object.fromEntries(JSON_NAMES.map((name) => [name, name])),
    });
    const line = scan({ format: 'values', columns: [{ name: 't', type: TEXT }], rows: [[text]] });
    const object = parseJson(col('t'), type);
    const found = JSON_NAMES.flatMap((name, at): [string, Expr][] => [
      [`outer${at}`, field(object, name)],
      [`inner${at}`, field(field(object, 'inner'), name)],
    ]);
    const [row] = await engine.rows(project(line, Object.fromEntries(found)));
    expect(JSON_NAMES.map((_, at) => [row[`outer${at}`], row[`inner${at}`]])).toEqual(
      JSON_NAMES.map((name, at) => [BigInt(at), name]),
    );
  });
}
