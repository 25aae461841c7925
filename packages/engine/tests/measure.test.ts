import {
  aggregate,
  asc,
  call,
  cast,
  col,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  join,
  type Literal,
  limit,
  listOf,
  lit,
  type Plan,
  parseJson,
  printPlan,
  project,
  repartition,
  scan,
  sort,
  structOf,
  TEXT,
  type Type,
  unnest,
} from '@wavetune/ir';
import { relationsOf } from '@wavetune/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePlan } from '../../ir/tests/support/generate-plan.ts';
import { interpret } from '../../ir/tests/support/interpret.ts';
import { openEngine } from '../src/index.ts';
import { counted } from './support/counted.ts';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const generated = fc.tuple(fc.gen(), fc.integer({ min: 1, max: 6 }));

const orders = values({ id: I64, customer: I64, note: TEXT }, [
  ['1', '7', 'é'],
  ['2', '7', ''],
  ['3', '8', null],
  ['4', '9', 'a,b,c'],
]);
const customers = values({ key: I64, name: TEXT }, [
  ['7', 'Ann'],
  ['8', 'Bo'],
]);

function values(columns: Readonly<Record<string, Type>>, rows: readonly Literal[][]): Plan {
  return scan({ format: 'values', columns: fieldsOf(columns), rows });
}

async function countsOf(plan: Plan) {
  const { nodes } = await scratch.engine.measure(plan);
  return nodes.map(({ path, rows, columnBytes }) => [path, rows, columnBytes]);
}

describe('engine.measure', () => {
  it('counts the rows and the bytes of every relation', async () => {
    const joined = join('inner', repartition(orders, [col('customer')], 2), customers, [
      [col('customer'), col('key')],
    ]);
    const plan = sort(
      aggregate(joined, { name: col('name') }, { n: { fn: 'count' } }),
      asc(col('n')),
    );
    expect(await countsOf(plan)).toEqual([
      ['$.input.input.left.input', 4, { id: 32, customer: 32, note: 7 }],
      ['$.input.input.left', 4, { id: 32, customer: 32, note: 7 }],
      ['$.input.input.right', 2, { key: 16, name: 5 }],
      ['$.input.input', 3, { id: 24, customer: 24, note: 2, key: 24, name: 8 }],
      ['$.input', 2, { name: 5, n: 16 }],
      ['$', 2, { name: 5, n: 16 }],
    ]);
  });

  it('counts lists by their elements and structs by their fields', async () => {
    const record = structOf({ name: TEXT, weight: F64, tags: listOf(TEXT) });
    const json = project(
      values({ t: TEXT }, [['{"name":"ab","weight":1,"tags":["x","yz"]}'], ['[']]),
      { record: parseJson(col('t'), record), pieces: call('split', col('t'), lit(',')) },
    );
    const numbered = unnest(json, 'pieces', { item: 'piece', ordinality: 'at' });
    const nodes = new Map((await scratch.engine.measure(numbered)).nodes.map((n) => [n.path, n]));
    expect(nodes.get('$.input')?.columnBytes).toEqual({ record: 13 + 8, pieces: 42 - 3 + 1 });
    expect(nodes.get('$')?.columnBytes).toMatchObject({ at: 5 * 8, piece: 42 - 3 + 1 });
  });

  it('counts a relation as a whole where a limit above it stops early', async () => {
    const plan = limit(filter(orders, call('gt', col('id'), lit(1n))), 1);
    expect((await countsOf(plan)).map(([path, rows]) => [path, rows])).toEqual([
      ['$.input.input', 4],
      ['$.input', 3],
      ['$', 1],
    ]);
  });

  it('counts the groups of one row', async () => {
    const plan = aggregate(orders, { customer: col('customer') }, { n: { fn: 'count' } });
    const { nodes } = await scratch.engine.measure(plan);
    expect(nodes.map(({ singletons }) => singletons)).toEqual([undefined, 2]);
  });

  it('counts what the textbook counts, at every relation of any plan', async () => {
    await fc.assert(
      fc.asyncProperty(generated, fc.context(), async ([g, depth], context) => {
        const plan = generatePlan(g, depth);
        context.log(printPlan(plan));
        const wanted = relationsOf(plan).map(({ node, path, schema }) => {
          const rows = interpret(node);
          const columnBytes = schema.map(({ name, type }, column) => [
            name,
            rows.reduce((sum, row) => sum + bytesOf(row[column], type), 0),
          ]);
          return [path, rows.length, Object.fromEntries(columnBytes)];
        });
        expect(await countsOf(plan)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every eighth of a long chain, and counts it all the same', async () => {
    let plan: Plan = orders;
    for (let i = 0; i < 20; i++) plan = extend(plan, { [`c${i}`]: col('id') });
    const { nodes } = await scratch.engine.measure(plan);
    expect(nodes.map(({ rows }) => rows)).toEqual(Array(21).fill(4));
    expect(Object.values(nodes[20].columnBytes)).toHaveLength(23);
  });

  it('says what the plan takes as one query, and what each relation does', async () => {
    const { nodes, run } = await scratch.engine.measure(sort(orders, asc(col('id'))));
    expect(run.seconds).toBeGreaterThan(0);
    expect(run.peakMemoryBytes).toBeGreaterThan(0);
    expect(run.spilledBytes).toBe(0);
    expect(nodes.every(({ seconds }) => seconds >= 0)).toBe(true);
  });

  it('says what a run spilled where memory is short', async () => {
    const small = await openEngine({
      threads: 2,
      memoryLimitBytes: 64 * 2 ** 20,
      tempFolder: scratch.folder,
    });
    const wide = extend(counted(6), {
      text: call('concat', cast(col('n'), TEXT), lit('x'.repeat(80))),
    });
    const { run, nodes } = await small.measure(sort(wide, asc(col('text'))));
    await small.close();
    expect(run.spilledBytes).toBeGreaterThan(0);
    expect(nodes.at(-1)?.rows).toBe(1_000_000);
  });

  it('stops when it is interrupted', async () => {
    const failure = failureOf(scratch.engine.measure(counted(8)));
    setTimeout(() => scratch.engine.interrupt(), 50);
    expect((await failure).code).toBe('engine.interrupted');
  });

  it('refuses a file that is not there', async () => {
    const nowhere = scan({
      format: 'parquet',
      files: ['nowhere.parquet'],
      columns: fieldsOf({ a: I64 }),
    });
    expect((await failureOf(scratch.engine.measure(nowhere))).code).toBe('engine.cannot-read');
  });
});

/** As the package's README says; nulls count as the type's fixed width, or nothing. */
function bytesOf(value: unknown, type: Type): number {
  if (type.kind === 'bool') return 1;
  if (type.kind === 'text') return Buffer.byteLength((value ?? '') as string);
  if (type.kind === 'list') {
    return ((value ?? []) as unknown[]).reduce<number>((sum, v) => sum + bytesOf(v, type.item), 0);
  }
  return 8;
}
