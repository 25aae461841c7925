import {
  aggregate,
  call,
  cast,
  col,
  extend,
  F64,
  filter,
  I64,
  join,
  lit,
  type Plan,
  repartition,
  type Source,
  scan,
  TEXT,
} from '@wavetune/ir';

/** Where the rows of both tables come from. */
export interface FeatureSources {
  readonly orders: (columns: typeof ORDERS) => Source;
  readonly customers: (columns: typeof CUSTOMERS) => Source;
}

const ORDERS = [
  { name: 'user_id', type: I64 },
  { name: 'unit_price', type: F64 },
  { name: 'qty', type: I64 },
];
const CUSTOMERS = [
  { name: 'customer', type: I64 },
  { name: 'region', type: TEXT },
  { name: 'tier', type: I64 },
];

/** Rows of files that lie under these names. */
export function fileSources(files: {
  readonly orders: string;
  readonly customers: string;
}): FeatureSources {
  return {
    orders: (columns) => ({ format: 'parquet', files: [files.orders], columns }),
    customers: (columns) => ({ format: 'parquet', files: [files.customers], columns }),
  };
}

/** Tables that are still to be bound. */
export const TABLE_SOURCES: FeatureSources = {
  orders: (columns) => ({ format: 'table', name: 'orders', columns }),
  customers: (columns) => ({ format: 'table', name: 'customers', columns }),
};

/**
 * What orders are worth by customer: their revenue computed, small ones dropped, customers joined, revenue weighed by their
 * tier, rows spread over `ranks` by customer and summed.
 */
export function featurePipeline(sources: FeatureSources, ranks: number): Plan {
  const priced = extend(scan(sources.orders(ORDERS)), {
    revenue: call('mul', col('unit_price'), cast(col('qty'), F64)),
  });
  const large = filter(priced, call('gt', col('revenue'), lit(5, F64)));
  const joined = join('inner', large, scan(sources.customers(CUSTOMERS)), [
    [col('user_id'), col('customer')],
  ]);
  const weighed = extend(joined, { points: call('mul', col('revenue'), cast(col('tier'), F64)) });
  const spread = repartition(weighed, [col('user_id')], ranks);
  const points = { fn: 'sum', args: [col('points')] } as const;
  return aggregate(spread, { user_id: col('user_id') }, { points });
}

/** The same question as a person writes it; `orders` and `customers` are paths. */
export function referenceSql({ orders, customers }: { orders: string; customers: string }): string {
  const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`;
  return `
    SELECT user_id, sum(unit_price * qty * tier) AS points
    FROM read_parquet(${quoted(orders)}) AS o
    JOIN read_parquet(${quoted(customers)}) AS c ON o.user_id = c.customer
    WHERE unit_price * qty > 5.0
    GROUP BY user_id`;
}
