import type { Signature } from './functions.ts';
import { I64, isNumeric } from './types.ts';

const neighbour: Signature = {
  accepts: 'one of any type',
  resultOf: ([a, ...more]) => (more.length === 0 ? a : undefined),
};

/** Every function of a row's place in its partition. */
export const WINDOWS = {
  /** The row's number in its partition, from 1. */
  row_number: { accepts: 'nothing', resultOf: (args) => (args.length === 0 ? I64 : undefined) },
  /** The value of the row before; null in the first. */
  lag: neighbour,
  /** The value of the row after; null in the last. */
  lead: neighbour,
  /** The sum up to and including this row; nulls are passed over, integer overflow fails the query. */
  sum: {
    accepts: 'one number',
    resultOf: ([a, ...more]) => (a && isNumeric(a) && more.length === 0 ? a : undefined),
  },
} as const satisfies Readonly<Record<string, Signature>>;

export type WindowName = keyof typeof WINDOWS;
