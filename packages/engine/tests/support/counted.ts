import { call, col, fieldsOf, I64, lit, type Plan, project, scan, unnest } from '@wavetune/ir';

/** The whole numbers below 10^`digits` as `n`, without a file, in no stated order. */
export function counted(digits: number): Plan {
  const ten = call('list', ...Array.from({ length: 10 }, (_, i) => lit(BigInt(i))));
  let plan: Plan = scan({ format: 'values', columns: fieldsOf({ n: I64 }), rows: [['0']] });
  for (let digit = 0; digit < digits; digit++) {
    const pairs = unnest(project(plan, { n: col('n'), ten }), 'ten', { item: 'digit' });
    plan = project(pairs, { n: call('add', call('mul', col('n'), lit(10n)), col('digit')) });
  }
  return plan;
}
