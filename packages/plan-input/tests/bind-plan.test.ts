import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Engine, openEngine } from '@wavetune/engine';
import {
  aggregate,
  asc,
  col,
  encodePlan,
  I64,
  join,
  type Plan,
  printPlan,
  scan,
  schemaOf,
  sort,
  TEXT,
} from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bindPlan,
  isPlanFile,
  pathsRead,
  readPlanFile,
  requireBound,
  tableFilesOf,
} from '../src/index.ts';

const folder = mkdtempSync(joinPath(tmpdir(), 'wavetune-plan-input-'));
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ memoryLimitBytes: 2 ** 28, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const path = joinPath(folder, name);
  writeFileSync(path, text);
  return path;
}

const orders = write('orders.csv', 'user,qty\n1,2\n2,3\n1,5\n');
const regions = write('regions.csv', 'customer,region\n1,emea\n2,apac\n');
const table = (name: string, ...columns: readonly (readonly [string, typeof I64])[]) =>
  scan({ format: 'table', name, columns: columns.map(([key, type]) => ({ name: key, type })) });

/** Orders by region, over tables that are still to be bound. */
function ownPlan(): Plan {
  const joined = join(
    'inner',
    table('orders', ['user', I64], ['qty', I64]),
    table('regions', ['customer', I64], ['region', TEXT]),
    [[col('user'), col('customer')]],
  );
  const totals = { qty: { fn: 'sum', args: [col('qty')] } } as const;
  return sort(aggregate(joined, { region: col('region') }, totals), asc(col('region')));
}

const trace = [
  { type: 'input', schema: ['user', 'qty'] },
  {
    ...{ type: 'join', left_on: ['user'], right_on: ['customer'], how: 'inner' },
    ...{ right_columns: ['customer', 'region'], suffixes: ['_x', '_y'], rhs_tag: 'regions' },
  },
  {
    ...{ type: 'aggregate', agg: 'sum', key_alias: 'region', value_alias: 'qty' },
    ...{ key: { kind: 'col', name: 'region' }, value: { kind: 'col', name: 'qty' } },
  },
];
const own = write('plan.json', encodePlan(ownPlan()));
const theirs = write('trace.json', JSON.stringify(trace));
const binding = (files: Parameters<typeof bindPlan>[1]['files']) => ({
  files,
  worldSize: 2,
  engine,
});
const rowsByRegion = [
  { region: 'apac', qty: 3n },
  { region: 'emea', qty: 7n },
];

describe('isPlanFile', () => {
  it('tells both forms of a plan from traces of requests', async () => {
    expect(await isPlanFile(own)).toBe(true);
    expect(await isPlanFile(theirs)).toBe(true);
    expect(await isPlanFile(orders)).toBe(false);
    const mooncake = '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":[0]}\n';
    expect(await isPlanFile(write('mooncake.jsonl', mooncake))).toBe(false);
  });
});

describe('bindPlan', () => {
  it.each([
    ['ours', own],
    ['datajax’s', theirs],
  ])('gives %s its rows, the same answer either way', async (_, path) => {
    const files = { sample: orders, rhs: { regions } };
    const plan = requireBound(await bindPlan(await readPlanFile(path), binding(files)));
    const rows = await engine.rows(sort(plan, asc(col('region'))));
    expect(rows.map((row) => ({ ...row, qty: BigInt(Number(row.qty)) }))).toEqual(rowsByRegion);
  });

  it('names what is unbound, with the option that would bind it', async () => {
    const bound = await bindPlan(await readPlanFile(own), binding({ sample: orders, rhs: {} }));
    expect(bound.unbound).toEqual([{ table: 'regions', option: '--rhs regions=FILE' }]);
    expect(() => requireBound(bound)).toThrow(
      /plan-input.unbound: the plan's table "regions" has no rows; give --rhs regions=FILE/,
    );
  });

  it('takes a name that every object has for that of a table', async () => {
    const plan = join('inner', table('a', ['x', I64]), table('toString', ['y', I64]), [
      [col('x'), col('y')],
    ]);
    const path = write('names.json', encodePlan(plan));
    const { unbound } = await bindPlan(await readPlanFile(path), binding({ rhs: {} }));
    expect(unbound.map((each) => each.table)).toEqual(['a', 'toString']);
  });

  it('tells the types of columns without a file by their use', async () => {
    const typed = [
      trace[0],
      {
        type: 'filter',
        predicate: {
          ...{ kind: 'cmp', op: 'gt', left: { kind: 'col', name: 'user' } },
          right: { kind: 'lit', value: 1 },
        },
      },
      ...trace.slice(1),
    ];
    const path = write('typed.json', JSON.stringify(typed));
    const { plan, assumed } = await bindPlan(await readPlanFile(path), binding({ rhs: {} }));
    expect(assumed).toEqual([
      ...['input.user i64', 'input.qty f64'],
      ...['regions.customer i64', 'regions.region text'],
    ]);
    expect(schemaOf(plan).map(({ name, type }) => [name, type.kind])).toEqual([
      ['region', 'text'],
      ['qty', 'f64'],
    ]);
  });

  it('keeps the files that a plan names itself', async () => {
    const columns = [{ name: 'qty', type: I64 }];
    const path = write('own.json', encodePlan(scan({ format: 'csv', files: [orders], columns })));
    const bound = await bindPlan(await readPlanFile(path), binding({ rhs: {} }));
    expect(printPlan(requireBound(bound))).toContain('orders.csv');
  });

  it.each<[string, string, Parameters<typeof binding>[0], string]>([
    ['a tag that no table has', own, { rhs: { nobody: regions } }, 'plan-input.unknown-tag'],
    ['such a tag of a trace', theirs, { rhs: { nobody: regions } }, 'plan-input.unknown-tag'],
    [
      ...(['a sample that is not there', theirs] as const),
      { sample: joinPath(folder, 'none.csv'), rhs: {} },
      'plan-input.not-a-table',
    ],
    [
      'a sample without the trace’s columns',
      theirs,
      { sample: regions, rhs: { regions } },
      'ir.unknown-column',
    ],
  ])('refuses %s', async (_, path, files, code) => {
    const bound = readPlanFile(path).then((file) => bindPlan(file, binding(files)));
    await expect(bound).rejects.toThrow(expect.objectContaining({ code }));
  });
});

describe('pathsRead', () => {
  it('holds the plan, the files that it names, those of its tables and of counters, each once', async () => {
    const columns = [{ name: 'qty', type: I64 }];
    const path = write('named.json', encodePlan(scan({ format: 'csv', files: [orders], columns })));
    const file = await readPlanFile(path);
    const read = (counters: string) =>
      pathsRead(path, file, {
        ...{ sample: orders, rhs: [`r=${regions}`], 'world-size': undefined },
        'runtime-metrics': counters,
      });
    expect(read('counters.json')).toEqual([path, orders, regions, 'counters.json']);
    expect(read('{"occupancy":1}')).toEqual([path, orders, regions]);
  });
});

describe('readPlanFile', () => {
  it('reads compressed files too', async () => {
    const path = joinPath(folder, 'plan.json.gz');
    writeFileSync(path, gzipSync(encodePlan(ownPlan())));
    expect(await readPlanFile(path)).toEqual(await readPlanFile(own));
  });

  it.each([
    ['no file', joinPath(folder, 'missing.json'), 'engine.cannot-read'],
    ['rows', orders, 'plan-input.not-a-plan'],
    ['a step that nobody knows', write('x.json', '[{"type":"pivot"}]'), 'ir.unknown-step'],
    ['another version', write('y.json', '{"plan":{},"schema":"ir/9"}'), 'ir.unknown-version'],
  ])('refuses %s', async (_, path, code) => {
    await expect(readPlanFile(path)).rejects.toThrow(expect.objectContaining({ code }));
  });

  it('says that a file is too large, not that its JSON is cut', async () => {
    const path = joinPath(folder, 'large.json.gz');
    writeFileSync(path, gzipSync(`{"plan":{"kind":"${'x'.repeat(2 ** 26)}"}}`));
    const code = 'plan-input.too-large';
    await expect(readPlanFile(path)).rejects.toThrow(expect.objectContaining({ code }));
  });
});

describe('tableFilesOf', () => {
  const of = (rhs: string[]) => tableFilesOf({ sample: undefined, rhs, 'world-size': undefined });

  it('keeps what follows the first equals sign', () => {
    expect(of(['t=a=b.csv', 'u=c'])).toEqual({ rhs: { t: 'a=b.csv', u: 'c' } });
  });

  it.each([
    [['t'], 'usage.bad-rhs'],
    [['=f'], 'usage.bad-rhs'],
    [['t=a', 't=b'], 'plan-input.repeated-tag'],
  ])('refuses %j', (words, code) => {
    expect(() => of(words)).toThrow(expect.objectContaining({ code }));
  });
});
