import { join as joinPath } from 'node:path';
import {
  aggregate,
  call,
  cast,
  col,
  type Expr,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  join,
  lit,
  type Plan,
  project,
  repartition,
  scan,
  TEXT,
  unnest,
} from '@wavetune/ir';
import {
  estimatePlan,
  observationsOf,
  overlayMeasured,
  type PlanMetrics,
  withGroupsTold,
} from '@wavetune/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { counted } from './support/counted.ts';
import { useScratch } from './support/scratch.ts';

const scratch = useScratch();
const ORDERS = fieldsOf({ id: I64, customer: I64, tag: I64, note: TEXT });

/** A number below 2^20 that looks random, other by each salt. */
function scrambled(salt: bigint): Expr {
  const mixed = call(
    'add',
    call('mul', col('n'), lit(1_103_515_245n + 2n * salt)),
    lit(salt * 12_345n),
  );
  return call('mod', call('div', mixed, lit(4096n)), lit(2n ** 20n));
}

const asText = (value: Expr): Expr => cast(value, TEXT);

/** Customers are equally likely; of tags, the n-th is as likely as 1 / n. */
async function ordersFile(digits: number, salt: bigint, customersIn = 2000n): Promise<string> {
  const path = joinPath(scratch.folder, `orders-${digits}-${salt}-${customersIn}.parquet`);
  const share = call('div', cast(scrambled(salt + 1n), F64), lit(2 ** 20));
  const rows = project(counted(digits), {
    id: col('n'),
    customer: call('mod', scrambled(salt), lit(customersIn)),
    tag: cast(call('floor', call('exp2', call('mul', share, lit(12)))), I64),
    note: call('concat', asText(col('n')), lit(','), asText(scrambled(salt + 2n))),
  });
  await scratch.engine.writeParquet(rows, path);
  return path;
}

let customers: Plan;

beforeAll(async () => {
  const path = joinPath(scratch.folder, 'customers.parquet');
  const known = filter(counted(4), call('lt', col('n'), lit(1500n)));
  await scratch.engine.writeParquet(
    project(known, { key: col('n'), region: call('mod', col('n'), lit(12n)) }),
    path,
  );
  customers = scan({
    format: 'parquet',
    files: [path],
    columns: fieldsOf({ key: I64, region: I64 }),
  });
});

const joined = (orders: Plan, how: 'inner' | 'left' | 'anti'): Plan =>
  join(how, repartition(orders, [col('customer')], 8), customers, [[col('customer'), col('key')]]);

const sums = { n: { fn: 'count' }, ids: { fn: 'sum', args: [col('id')] } } as const;

const PLANS: Readonly<Record<string, (orders: Plan) => Plan>> = {
  'map, filter, join, aggregate': (orders) =>
    aggregate(
      joined(
        filter(
          extend(orders, { twice: call('add', col('id'), col('id')) }),
          call('eq', call('mod', col('tag'), lit(2n)), lit(0n)),
        ),
        'inner',
      ),
      { region: col('region') },
      sums,
    ),
  'groups of a skewed key': (orders) => aggregate(orders, { tag: col('tag') }, sums),
  'groups of two keys': (orders) =>
    aggregate(joined(orders, 'left'), { tag: col('tag'), region: col('region') }, sums),
  'rows without a partner': (orders) =>
    aggregate(joined(orders, 'anti'), { customer: col('customer') }, sums),
  'pieces of a text': (orders) => {
    const pieces = project(orders, { pieces: call('split', col('note'), lit(',')) });
    const unnested = unnest(pieces, 'pieces', { item: 'piece' });
    return filter(unnested, call('starts_with', col('piece'), lit('1')));
  },
};

async function compared(
  plan: Plan,
  learned: ReturnType<typeof observationsOf>,
): Promise<PlanMetrics> {
  const tables = await scratch.engine.statistics(plan);
  const estimated = estimatePlan(plan, { tables, worldSize: 4, learned });
  return overlayMeasured(estimated, await scratch.engine.measure(plan));
}

describe('an estimator that saw one run', () => {
  it.each(Object.keys(PLANS))(
    'is off by at most 2 in the median on other and on tenfold rows: %s',
    async (name) => {
      const over = (path: string): Plan =>
        PLANS[name](scan({ format: 'parquet', files: [path], columns: ORDERS }));
      const seen = over(await ordersFile(4, 0n));
      const learned = withGroupsTold(
        seen,
        observationsOf(seen, await scratch.engine.measure(seen)),
        await scratch.engine.statistics(seen),
      );
      for (const [digits, salt] of [
        [4, 5n],
        [5, 9n],
      ] as const) {
        const metrics = await compared(over(await ordersFile(digits, salt)), learned);
        expect(metrics.qError?.rows).toBeLessThan(2);
        expect(metrics.qError?.bytes).toBeLessThan(2);
        const worst = Math.max(...metrics.nodes.map(({ qError }) => qError?.rows ?? 0));
        expect(worst).toBeLessThan(3);
      }
    },
  );

  it('tells by the statistics of other files that these hold more keys, or fewer, than it saw', async () => {
    const over = (path: string): Plan =>
      aggregate(
        scan({ format: 'parquet', files: [path], columns: ORDERS }),
        { customer: col('customer') },
        sums,
      );
    const [few, many] = [over(await ordersFile(4, 0n, 50n)), over(await ordersFile(5, 1n, 500n))];
    for (const [seen, other] of [
      [few, many],
      [many, few],
    ]) {
      const [tables, measured] = [
        await scratch.engine.statistics(seen),
        await scratch.engine.measure(seen),
      ];
      const blind = observationsOf(seen, measured);
      const groupsOff = async (learned: typeof blind) =>
        (await compared(other, learned)).nodes.at(-1)?.qError?.rows;
      expect(await groupsOff(blind)).toBeGreaterThan(5);
      expect(await groupsOff(withGroupsTold(seen, blind, tables))).toBeLessThan(1.1);
      const again = await compared(seen, withGroupsTold(seen, blind, tables));
      expect(again.nodes.at(-1)?.qError?.rows).toBeCloseTo(1, 6);
    }
  });
});
