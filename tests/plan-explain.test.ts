import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePlanMetrics } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { makePlanSamples, PLAN_SAMPLES, tablesIn } from './support/plan-samples.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('plan-explain');
const PLAN = `${PLAN_SAMPLES}plan.json`;
const TRACE = `${PLAN_SAMPLES}plan-datajax.json`;

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const column = (name: string) => ({ kind: 'col', name });
const orders = write('orders.csv', 'user,price,qty\n1,10.0,2\n2,5.0,3\n1,2.0,5\n3,4.0,1\n');
const regions = write('regions.csv', 'user,region\n1,emea\n2,apac\n');
const steps = [
  { type: 'input', schema: ['user', 'price', 'qty'] },
  {
    type: 'filter',
    predicate: {
      ...{ kind: 'cmp', op: 'gt', left: column('qty') },
      right: { kind: 'lit', value: 1 },
    },
  },
  {
    ...{ type: 'join', left_on: ['user'], right_on: ['user'], how: 'inner' },
    ...{ right_columns: ['user', 'region'], suffixes: ['_x', '_y'], rhs_tag: 'regions' },
  },
  {
    ...{ type: 'aggregate', agg: 'sum', key_alias: 'region', value_alias: 'revenue' },
    key: column('region'),
    value: { kind: 'bin', op: 'mul', left: column('price'), right: column('qty') },
  },
];
const trace = write('trace.json', JSON.stringify(steps));
const tables = ['--sample', orders, '--rhs', `regions=${regions}`];

interface Explained {
  readonly sql: string;
  readonly unbound: readonly string[];
  readonly schemas: readonly { readonly path: string; readonly columns: readonly unknown[] }[];
  readonly metrics: {
    readonly nodes: readonly {
      readonly path: string;
      readonly kind: string;
      readonly rows: { readonly value: number; readonly provenance: string };
      readonly qError?: { readonly rows: number };
    }[];
    readonly sample?: { readonly rows: number; readonly ofRows: number };
  };
}

async function explained(words: readonly string[]): Promise<Explained> {
  const { stdout, stderr, status } = await runCli('plan', ['explain', ...words, '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Explained;
}

describe('the samples', () => {
  it('are what their generator writes, byte for byte', () => {
    makePlanSamples(folder);
    for (const name of ['orders.parquet', 'customers.parquet', 'plan.json', 'plan-datajax.json']) {
      const made = readFileSync(join(folder, name));
      expect(made.equals(readFileSync(`${PLAN_SAMPLES}${name}`)), name).toBe(true);
    }
  });
});

describe('plan explain', () => {
  it('counts the rows at every node of a trace worked out by hand', async () => {
    const { metrics, schemas, unbound } = await explained([trace, ...tables]);
    expect(unbound).toEqual([]);
    const rows = metrics.nodes.map(({ kind, rows: { value } }) => [kind, value]);
    // Orders 4, of which 3 have a quantity above 1; regions 2; joined 3; two regions.
    expect(rows.filter(([kind]) => kind !== 'project')).toEqual([
      ['scan', 4],
      ['filter', 3],
      ['scan', 2],
      ['join', 3],
      ['aggregate', 2],
    ]);
    for (const node of metrics.nodes) {
      expect(node.rows.provenance).toBe('measured');
      expect(node.qError?.rows).toBeGreaterThanOrEqual(1);
    }
    expect(schemas.find(({ path }) => path === '$')?.columns).toEqual([
      { name: 'region', type: 'text' },
      { name: 'revenue', type: 'f64' },
    ]);
  });

  it('shows tree, schemas, SQL, both figures, and where reading was narrowed', async () => {
    const words = [PLAN, ...tablesIn(PLAN_SAMPLES), '--passes', '--world-size', '4'];
    const { stdout, status } = await runCli('plan', ['explain', ...words]);
    expect(status).toBe(0);
    for (const part of [
      /^plan .*plan\.json \(ir\/1\), \d+ nodes as it runs, 4 ranks$/m,
      /^As it was written\n {2}aggregate by \(user_id\)/m,
      /^After prune-columns$/m,
      /^node +rows est\. +rows +q +bytes est\. +bytes +q +shuffled +ms$/m,
      /^ +filter gt\(revenue, 5\) +[\d,]+ +19,480 +\d+\.\d\d /m,
      /^ {2}.*customers\.parquet: 2 of 3 columns \(customer, tier\), every row$/m,
      /^ {2}\$\.input repartition +user_id i64, /m,
      /^SQL\n {2}WITH s0 AS/m,
      /^q-error +rows \d/m,
    ]) {
      expect(stdout).toMatch(part);
    }
  });

  it('gives both forms of a plan the same answer', async () => {
    const [ours, theirs] = await Promise.all(
      [PLAN, TRACE].map((path) => explained([path, ...tablesIn(PLAN_SAMPLES)])),
    );
    const last = ({ metrics }: Explained) => metrics.nodes.at(-1)?.rows.value;
    expect(last(theirs)).toBe(last(ours));
  });

  it('writes what the plan costs, counters and all', async () => {
    const out = join(folder, 'metrics.json');
    const words = [PLAN, ...tablesIn(PLAN_SAMPLES), '--metrics-out', out];
    await explained([...words, '--runtime-metrics', '{"l2_reuse":0.25,"notes":["by hand"]}']);
    const metrics = decodePlanMetrics(readFileSync(out, 'utf8'));
    expect(metrics.reuse).toMatchObject({ value: 0.25, provenance: 'counter' });
    expect(metrics.notes).toContain('by hand');
    expect(metrics.inputBytes.provenance).toBe('measured');
  });

  it('measures on a sample when told, with bounds that hold what all rows give', async () => {
    const words = [PLAN, ...tablesIn(PLAN_SAMPLES)];
    const part = await explained([...words, '--sample-rows', '4000']);
    const all = await explained([...words, '--full']);
    expect(part.metrics.sample).toMatchObject({ rows: 4000, ofRows: 20_000 });
    const rowsOf = ({ metrics }: Explained, kind: string) =>
      metrics.nodes.find((node) => node.kind === kind)?.rows;
    const filter = rowsOf(part, 'filter');
    expect(filter?.provenance).toBe('scaled');
    expect(filter?.value).toBeCloseTo(rowsOf(all, 'filter')?.value ?? 0, -3);
  });

  it('shows a plan without rows, and says what would give them', async () => {
    const { stdout, status } = await runCli('plan', ['explain', TRACE]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^not run +the table input has no rows; give --sample FILE$/m);
    expect(stdout).toMatch(
      /^not run +the table customers has no rows; give --rhs customers=FILE$/m,
    );
    expect(stdout).toMatch(/^SQL\n/m);
  });
});

describe('plan explain refuses', () => {
  const deep = Array.from({ length: 10_000 }).reduce<string>(
    (inner) => `{"kind":"rename","alias":"a","expr":${inner}}`,
    '{"kind":"col","name":"user"}',
  );
  const changed = (at: number, change: object) =>
    JSON.stringify(steps.map((step, i) => (i === at ? { ...step, ...change } : step)));

  it.each<[string, string, string]>([
    ['a file that is no plan', 'a,b\n1,2\n', 'plan-input.not-a-plan'],
    ['a version from another time', '{"plan":{},"schema":"ir/7"}', 'ir.unknown-version'],
    ['a step that nobody knows', changed(1, { type: 'pivot' }), 'ir.unknown-step'],
    [
      'an operator that nobody knows',
      changed(1, { predicate: { ...steps[1].predicate, op: 'like' } }),
      'ir.unknown-operator',
    ],
    ['a wrong pair of suffixes', changed(2, { suffixes: ['_x'] }), 'ir.bad-suffixes'],
    [
      'a column that the sample has not',
      changed(0, { schema: ['user', 'price', 'qty', 'size'] }),
      'ir.unknown-column',
    ],
    [
      'an expression 10,000 deep',
      `[${JSON.stringify(steps[0])},{"type":"map","output":"a","expr":${deep}}]`,
      'ir.too-deep',
    ],
  ])('%s', async (_, text, code) => {
    const path = write('bad.json', text);
    const rhs = text.includes('"join"') ? tables : tables.slice(0, 2);
    const { status, stdout, stderr } = await runCli('plan', ['explain', path, ...rhs]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^plan: ${code}: .+\n$`));
  });

  it.each<[readonly string[], number, RegExp]>([
    [[trace, '--rhs', `nobody=${regions}`], 1, /plan-input\.unknown-tag: --rhs nobody=…/],
    [[trace, '--rhs', 'regions'], 2, /usage\.bad-rhs: --rhs regions/],
    [[trace, '--sample-rows', '0'], 2, /--sample-rows 0: accepted is a whole number from 1/],
    [[trace, '--full', '--sample-rows', '5'], 2, /one of them/],
    [[trace, ...tables, '--runtime-metrics', '{"occupancy":2}'], 1, /metrics\.bad-counters/],
    [[trace, ...tables, '--metrics-out', orders], 2, /usage\.output-in-use/],
    [['none.json'], 1, /engine\.cannot-read/],
    [[], 2, /plan missing/],
  ])('%j', async (words, status, message) => {
    const outcome = await runCli('plan', ['explain', ...words]);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.status).toBe(status);
  });
});
