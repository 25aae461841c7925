import { join as joinPath } from 'node:path';
import type { Engine } from '@wavetune/engine';
import {
  call,
  cast,
  col,
  type Expr,
  extend,
  F64,
  filter,
  I64,
  lit,
  type Plan,
  project,
  scan,
  unnest,
} from '@wavetune/ir';

/** The two tables of the feature pipeline: orders, and the customers that most of them name. */
export interface FeatureTables {
  readonly orders: string;
  readonly customers: string;
}

/** Orders a customer, on average; the popular ones have many more. */
const ORDERS_PER_CUSTOMER = 100;

/**
 * Writes both tables as Parquet into `folder`, the same bytes for the same `rows`: `orders` with `rows` rows (`user_id`
 * skewed towards the low ones, `unit_price` from 1 to 11, `qty` from 1 to 5), `customers` with a row for nine in ten ids.
 */
export async function makeTables(
  engine: Engine,
  folder: string,
  rows: number,
): Promise<FeatureTables> {
  const users = Math.max(1, Math.floor(rows / ORDERS_PER_CUSTOMER));
  const tables = {
    orders: joinPath(folder, 'orders.parquet'),
    customers: joinPath(folder, 'customers.parquet'),
  };
  await engine.writeParquet(ordersOf(rows, users), tables.orders);
  await engine.writeParquet(customersOf(users), tables.customers);
  return tables;
}

function ordersOf(rows: number, users: number): Plan {
  const popular = call('mul', uniform(1), uniform(1));
  return project(numbers(rows), {
    user_id: wholeBelow(popular, users),
    unit_price: call('add', call('div', asF64(wholeBelow(uniform(2), 1000)), f64(100)), f64(1)),
    qty: call('add', wholeBelow(uniform(3), 5), i64(1)),
  });
}

function customersOf(users: number): Plan {
  const kept = filter(numbers(users), call('ne', call('mod', col('n'), i64(10)), i64(7)));
  const regions = call('list', ...['amer', 'apac', 'emea', 'latam'].map((name) => lit(name)));
  return project(kept, {
    customer: col('n'),
    region: call('list_get', regions, call('add', wholeBelow(uniform(4), 4), i64(1))),
    tier: wholeBelow(uniform(5), 8),
  });
}

/** Rows with `n` from 0 to `count - 1`, in order: a list of ten digits unnested as often as `count` has digits. */
function numbers(count: number): Plan {
  const digits = call('list', ...Array.from({ length: 10 }, (_, digit) => i64(digit)));
  let plan: Plan = scan({ format: 'values', columns: [{ name: 'n', type: I64 }], rows: [['0']] });
  for (let reached = 1; reached < count; reached *= 10) {
    const each = unnest(extend(plan, { digits }), 'digits', { item: 'digit' });
    plan = project(each, { n: call('add', call('mul', col('n'), i64(10)), col('digit')) });
  }
  return filter(plan, call('lt', col('n'), i64(count)));
}

const MODULUS = 2 ** 31;

/** A number of `[0, 1)` for each row, another for each `stream`: two rounds of the linear generator of ANSI C. */
function uniform(stream: number): Expr {
  const next = (seed: Expr): Expr =>
    call('mod', call('add', call('mul', seed, i64(1_103_515_245)), i64(12_345)), i64(MODULUS));
  const seed = call('add', col('n'), i64(stream * 7_368_787));
  return call('div', asF64(next(next(seed))), f64(MODULUS));
}

function wholeBelow(share: Expr, bound: number): Expr {
  return cast(call('floor', call('mul', share, f64(bound))), I64);
}

function asF64(expr: Expr): Expr {
  return cast(expr, F64);
}

function i64(value: number): Expr {
  return lit(BigInt(value), I64);
}

function f64(value: number): Expr {
  return lit(value, F64);
}
