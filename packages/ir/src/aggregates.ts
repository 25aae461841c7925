import { isScalar, type Signature } from './functions.ts';
import { F64, I64, isNumeric, listOf } from './types.ts';

const extreme: Signature = {
  accepts: 'one scalar',
  resultOf: ([a, ...more]) => (isScalar(a) && more.length === 0 ? a : undefined),
};

/** Every aggregate that a measure may use. Nulls are passed over and nothing gives null, unless said otherwise. */
export const AGGREGATES = {
  /** Rows; with an argument, rows where it is not null. Nothing gives 0. */
  count: {
    accepts: 'nothing or one of any type',
    resultOf: (a) => (a.length < 2 ? I64 : undefined),
  },
  /** Distinct values that are not null. Nothing gives 0. */
  count_distinct: { accepts: 'one scalar', resultOf: (a) => extreme.resultOf(a) && I64 },
  /** Integer overflow fails the query. The order of f64 additions is not fixed. */
  sum: {
    accepts: 'one number',
    resultOf: ([a, ...more]) => (a && isNumeric(a) && more.length === 0 ? a : undefined),
  },
  min: extreme,
  max: extreme,
  mean: {
    accepts: 'one number',
    resultOf: ([a, ...more]) => (a && isNumeric(a) && more.length === 0 ? F64 : undefined),
  },
  /** The value of the first row in the order of `orderBy`, null included. */
  first: { accepts: 'one of any type', resultOf: ([a, ...more]) => (more.length ? undefined : a) },
  /** All values in the order of `orderBy`, nulls included. */
  list: {
    accepts: 'one of any type',
    resultOf: ([a, ...more]) => (a && more.length === 0 ? listOf(a) : undefined),
  },
} as const satisfies Readonly<Record<string, Signature>>;

export type AggregateName = keyof typeof AGGREGATES;
