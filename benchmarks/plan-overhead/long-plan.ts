import {
  aggregate,
  asc,
  call,
  col,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  inputsOf,
  join,
  limit,
  lit,
  type Plan,
  project,
  repartition,
  scan,
  sort,
  TEXT,
} from '@wavetune/ir';

const EVENTS = fieldsOf({ user: I64, price: F64, qty: I64, region: TEXT });
const KEPT = EVENTS.map(({ name }) => name);

/**
 * A feature pipeline of exactly `relations` relations, at least 5: filters, computed columns, repartitions, joins with a
 * table and projections in turn, then an aggregate, a sort and a limit.
 */
export function longPlan(relations: number): Plan {
  let plan: Plan = scan({ format: 'parquet', files: ['events.parquet'], columns: EVENTS });
  for (let step = 0; countOf(plan) < relations - 3; step++) {
    plan = STEPS[step % STEPS.length](plan, step);
    if (countOf(plan) > relations - 3) throw new Error(`no pipeline has ${relations} relations`);
  }
  const totals = { total: { fn: 'sum', args: [col('price')] } } as const;
  return limit(sort(aggregate(plan, { region: col('region') }, totals), asc(col('region'))), 10);
}

export function countOf(plan: Plan): number {
  return inputsOf(plan).reduce((sum, input) => sum + countOf(input), 1);
}

type Step = (input: Plan, step: number) => Plan;

const STEPS: readonly Step[] = [
  (input, step) =>
    filter(
      input,
      call(
        'and',
        call('gt', col('qty'), lit(BigInt(step % 3))),
        call('lt', col('price'), lit(1e6)),
      ),
    ),
  (input, step) =>
    extend(input, { [`value${step}`]: call('mul', call('add', col('price'), lit(step)), lit(2)) }),
  (input) => repartition(input, [col('user')], 8),
  (input, step) => {
    const columns = fieldsOf({ [`key${step}`]: I64, [`weight${step}`]: F64 });
    const table = scan({ format: 'parquet', files: [`table${step}.parquet`], columns });
    return join('left', input, table, [[col('user'), col(`key${step}`)]]);
  },
  (input, step) => {
    const columns = [...KEPT, `value${step - 3}`, `weight${step - 1}`];
    return project(input, Object.fromEntries(columns.map((name) => [name, col(name)])));
  },
];
