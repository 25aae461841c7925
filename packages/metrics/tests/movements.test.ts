import { aggregate, asc, col, join, type Plan, project, repartition, sort } from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { estimatePlan } from '../src/index.ts';
import { CUSTOMERS, ORDERS, tablesOf } from './sample-plans.ts';

const byCustomer = (plan: Plan, parts = 8) => repartition(plan, [col('customer')], parts);
const everywhere = (plan: Plan) => repartition(plan, [], 8);
const byKey = (parts = 8) => repartition(CUSTOMERS, [col('key')], parts);
const joined = (left: Plan, right: Plan, how: 'inner' | 'full' = 'inner') =>
  join(how, left, right, [[col('customer'), col('key')]]);

/** Which inputs of the plan itself change workers. */
function movesOf(plan: Plan): readonly string[] {
  const { nodes } = estimatePlan(plan, { tables: tablesOf(), worldSize: 4 });
  return nodes.at(-1)?.moves ?? [];
}

describe('what moves between workers', () => {
  it.each<[string, Plan, readonly string[]]>([
    ['both sides of a join that lie anyhow', joined(ORDERS, CUSTOMERS), ['$.left', '$.right']],
    [
      'the other side of one that lies by the key',
      joined(byCustomer(ORDERS), CUSTOMERS),
      ['$.right'],
    ],
    ['neither where both lie by the keys', joined(byCustomer(ORDERS), byKey()), []],
    ['one where they lie over other parts', joined(byCustomer(ORDERS), byKey(4)), ['$.right']],
    [
      'rows that a join laid over other parts',
      byCustomer(joined(byCustomer(ORDERS, 4), CUSTOMERS)),
      ['$.input'],
    ],
    ['neither where the right is at every worker', joined(ORDERS, everywhere(CUSTOMERS)), []],
    ['neither where the left of an inner join is', joined(everywhere(ORDERS), CUSTOMERS), []],
    [
      'one where what is at every worker is padded',
      joined(ORDERS, everywhere(CUSTOMERS), 'full'),
      ['$.left'],
    ],
    ['no rows that are at every worker', byCustomer(everywhere(ORDERS)), []],
    ['rows that go to every worker', everywhere(byCustomer(ORDERS)), ['$.input']],
    [
      'rows that a join left where they were',
      byCustomer(joined(ORDERS, everywhere(CUSTOMERS))),
      ['$.input'],
    ],
    ['rows that lie by another key', repartition(byCustomer(ORDERS), [col('id')], 8), ['$.input']],
    ['rows that lie over other parts', byCustomer(byCustomer(ORDERS), 4), ['$.input']],
    ['no rows that lie so', byCustomer(byCustomer(ORDERS)), []],
    [
      'no rows that a join laid so',
      repartition(joined(ORDERS, CUSTOMERS), [col('customer')], 8),
      [],
    ],
    ['what a full join padded', byCustomer(joined(ORDERS, CUSTOMERS, 'full')), ['$.input']],
    ['what was sorted', byCustomer(sort(byCustomer(ORDERS), asc(col('id')))), ['$.input']],
    [
      'no rows whose key has another name now',
      repartition(project(byCustomer(ORDERS), { c: col('customer') }), [col('c')], 8),
      [],
    ],
    [
      'no groups that hold the key',
      byCustomer(aggregate(byCustomer(ORDERS), { customer: col('customer') }, {})),
      [],
    ],
  ])('is %s', (_, plan, moves) => {
    expect(movesOf(plan)).toEqual(moves);
  });
});
