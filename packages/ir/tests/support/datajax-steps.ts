import { F64, fieldsOf, I64, scan, TEXT } from '../../src/index.ts';

/** The rows of the golden trace, and a table to join them with. */
export const orders = scan({
  format: 'values',
  columns: fieldsOf({ user_id: I64, unit_price: F64, qty: I64 }),
  rows: [
    ['1', '10', '2'],
    ['2', '5', '3'],
    ['1', '2', '5'],
    ['3', '4', '1'],
  ],
});
export const regions = scan({
  format: 'values',
  columns: fieldsOf({ user_id: I64, region: TEXT }),
  rows: [
    ['1', 'US'],
    ['2', 'CA'],
  ],
});

/** Steps over {@link orders} as JSON has them, so that they may also be wrong. */
export const input = { type: 'input', schema: ['user_id', 'unit_price', 'qty'] };
export const regionJoin = {
  type: 'join',
  left_on: ['user_id'],
  right_on: ['user_id'],
  how: 'left',
  right_columns: ['user_id', 'region'],
  suffixes: ['_x', '_y'],
  rhs_tag: 'regions',
};

export const map = (expr: object) => ({ type: 'map', output: 'x', expr });
export const constant = (value: unknown) => ({ kind: 'lit', value });
export const qty = column('qty');

export function operation(
  kind: string,
  op: string,
  left = column('qty'),
  right = column('qty'),
): object {
  return { kind, op, left, right };
}

export function column(name: string): object {
  return { kind: 'col', name };
}
