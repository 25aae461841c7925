import {
  aggregate,
  call,
  col,
  F64,
  fieldsOf,
  filter,
  I64,
  join,
  lit,
  type Plan,
  repartition,
  scan,
  TEXT,
} from '@wavetune/ir';
import type { TableLookup } from '../src/index.ts';

export const ORDERS: Plan = scan({
  format: 'parquet',
  files: ['orders.parquet'],
  columns: fieldsOf({ id: I64, customer: I64, price: F64, note: TEXT }),
});

export const CUSTOMERS: Plan = scan({
  format: 'parquet',
  files: ['customers.parquet'],
  columns: fieldsOf({ key: I64, region: TEXT }),
});

/** Orders above a price, spread by customer, with the customer's region; money by region. */
export function pipeline(orders: Plan = ORDERS): Plan {
  const dear = filter(orders, call('gt', col('price'), lit(75)));
  const joined = join('inner', repartition(dear, [col('customer')], 8), CUSTOMERS, [
    [col('customer'), col('key')],
  ]);
  return aggregate(
    joined,
    { region: col('region') },
    { money: { fn: 'sum', args: [col('price')] } },
  );
}

/** 1,000 orders unless told otherwise, prices from 0 to 100; 50 customers in 5 regions. */
export function tablesOf(orders = 1000, noteBytes = 20): TableLookup {
  return (source) => {
    if (!('files' in source)) return undefined;
    if (source.files[0] === 'customers.parquet') {
      return {
        rows: 50,
        columns: { key: { distincts: 50 }, region: { bytes: 4, distincts: 5 } },
      };
    }
    return {
      rows: orders,
      columns: {
        customer: { distincts: 50 },
        price: { min: 0, max: 100 },
        note: { bytes: noteBytes },
      },
    };
  };
}
